# file: tests/core/supervisor/testrestarts.py
from __future__ import annotations

import pytest

from tradingbot.core.config.runtime import SupervisorConfig
from tradingbot.core.supervisor.restarts import Again, Done, GivenUp, Restarts
from tradingbot.core.supervisor.spec import Kind

LIMITS = SupervisorConfig(first_wait_s=1, longest_wait_s=8, crashes=4, within_s=100)


def test_a_node_whose_data_ended_is_done_and_a_dashboard_that_ended_has_crashed() -> None:
    assert Restarts(Kind.PAPER, LIMITS).ended(0, 0, 5) == Done()
    assert Restarts(Kind.DASHBOARD, LIMITS).ended(0, 0, 5) == Again(1)


@pytest.mark.parametrize("kind", [Kind.PAPER, Kind.DASHBOARD])
@pytest.mark.parametrize("code", [2, 3])
def test_bad_input_and_a_refusal_are_not_tried_again(kind: Kind, code: int) -> None:
    assert Restarts(kind, LIMITS).ended(code, 0, 5) == GivenUp(crash_loop=False)


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, -9])
def test_a_comparison_runs_once(code: int) -> None:
    assert Restarts(Kind.PARITY, LIMITS).ended(code, 0, 5) == Done()


@pytest.mark.parametrize("code", [1, 4, 130, -9, -15])
def test_every_other_end_is_a_crash(code: int) -> None:
    assert Restarts(Kind.PAPER, LIMITS).ended(code, 0, 5) == Again(1)


def test_waits_grow_and_crashes_further_apart_than_the_window_are_no_loop() -> None:
    restarts = Restarts(Kind.PAPER, LIMITS)
    waits = [restarts.ended(1, now - 40, now) for now in (0, 40, 80, 120, 160, 200)]
    assert waits == [Again(1), Again(2), Again(4), Again(8), Again(8), Again(8)]


def test_the_last_crash_within_the_window_is_one_too_many() -> None:
    restarts = Restarts(Kind.PAPER, LIMITS)
    verdicts = [restarts.ended(1, now, now) for now in (0, 30, 60, 100)]
    assert verdicts == [Again(1), Again(2), Again(4), GivenUp(crash_loop=True)]


def test_a_crash_just_outside_the_window_is_not() -> None:
    restarts = Restarts(Kind.PAPER, LIMITS)
    assert [restarts.ended(1, now, now) for now in (0, 30, 60, 100.5)][-1] == Again(8)


def test_a_long_quiet_run_lets_the_waits_begin_anew() -> None:
    restarts = Restarts(Kind.PAPER, LIMITS)
    for now in (0, 1, 2):
        restarts.ended(1, now, now)
    assert restarts.ended(1, 10, 109.5) == Again(8)
    assert restarts.ended(1, 110, 210) == Again(1)


def test_one_crash_can_be_too_many() -> None:
    assert Restarts(Kind.PAPER, SupervisorConfig(crashes=1)).ended(1, 0, 0) == GivenUp(crash_loop=True)
