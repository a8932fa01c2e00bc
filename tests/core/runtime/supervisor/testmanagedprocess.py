# file: tests/core/runtime/supervisor/testmanagedprocess.py
from __future__ import annotations

import pytest

from tradingbot.core.config.runtime import SupervisorConfig
from tradingbot.core.runtime.supervisor.managedprocess import Completed, GiveUp, Restart, RestartPolicy
from tradingbot.core.runtime.supervisor.processes import Kind

LIMITS = SupervisorConfig(first_wait_s=1, longest_wait_s=8, crashes=4, within_s=100)


def test_a_node_whose_data_ended_is_done_and_a_dashboard_that_ended_has_crashed() -> None:
    assert RestartPolicy(Kind.PAPER, LIMITS).ended(0, 0, 5) == Completed()
    assert RestartPolicy(Kind.DASHBOARD, LIMITS).ended(0, 0, 5) == Restart(1)


@pytest.mark.parametrize("kind", [Kind.PAPER, Kind.DASHBOARD])
@pytest.mark.parametrize("code", [2, 3])
def test_bad_input_and_a_refusal_are_not_tried_again(kind: Kind, code: int) -> None:
    assert RestartPolicy(kind, LIMITS).ended(code, 0, 5) == GiveUp(crash_loop=False)


@pytest.mark.parametrize("code", [0, 2, 3, 4, -9])
def test_a_feed_is_started_again_whatever_happens(code: int) -> None:
    restarts = RestartPolicy(Kind.FEED, LIMITS)
    assert [restarts.ended(code, now, now) for now in range(12)][3:] == [Restart(8)] * 9


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, -9])
def test_a_comparison_runs_once(code: int) -> None:
    assert RestartPolicy(Kind.PARITY, LIMITS).ended(code, 0, 5) == Completed()


@pytest.mark.parametrize("code", [1, 4, 130, -9, -15])
def test_every_other_end_is_a_crash(code: int) -> None:
    assert RestartPolicy(Kind.PAPER, LIMITS).ended(code, 0, 5) == Restart(1)


def test_waits_grow_and_crashes_further_apart_than_the_window_are_no_loop() -> None:
    restarts = RestartPolicy(Kind.PAPER, LIMITS)
    waits = [restarts.ended(1, now - 40, now) for now in (0, 40, 80, 120, 160, 200)]
    assert waits == [Restart(1), Restart(2), Restart(4), Restart(8), Restart(8), Restart(8)]


def test_the_last_crash_within_the_window_is_one_too_many() -> None:
    restarts = RestartPolicy(Kind.PAPER, LIMITS)
    verdicts = [restarts.ended(1, now, now) for now in (0, 30, 60, 100)]
    assert verdicts == [Restart(1), Restart(2), Restart(4), GiveUp(crash_loop=True)]


def test_a_crash_just_outside_the_window_is_not() -> None:
    restarts = RestartPolicy(Kind.PAPER, LIMITS)
    assert [restarts.ended(1, now, now) for now in (0, 30, 60, 100.5)][-1] == Restart(8)


def test_a_long_quiet_run_lets_the_waits_begin_anew() -> None:
    restarts = RestartPolicy(Kind.PAPER, LIMITS)
    for now in (0, 1, 2):
        restarts.ended(1, now, now)
    assert restarts.ended(1, 10, 109.5) == Restart(8)
    assert restarts.ended(1, 110, 210) == Restart(1)


def test_one_crash_can_be_too_many() -> None:
    assert RestartPolicy(Kind.PAPER, SupervisorConfig(crashes=1)).ended(1, 0, 0) == GiveUp(crash_loop=True)
