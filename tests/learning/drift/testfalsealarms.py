# file: tests/learning/drift/testfalsealarms.py
from __future__ import annotations

import numpy as np
import pytest

from tradingbot.learning.drift.falsealarms import Cooldown, FalseAlarmBudget, holm


def test_a_month_of_every_stream_costs_no_more_than_the_level() -> None:
    budget = FalseAlarmBudget(0.08)
    looks = 30
    psi = 2 * sum(budget.psi(1 / looks) for _ in range(looks))
    adwin = 2 * budget.adwin(passed=1.0, streams=1)
    assert psi + adwin + budget.label + budget.coverage == pytest.approx(0.08)


def test_a_gap_of_a_year_pays_for_a_month_and_features_share_what_the_prediction_has_alone() -> None:
    budget = FalseAlarmBudget(0.08)
    assert (budget.psi(12.0), budget.adwin(12.0, 4)) == (budget.psi(1.0), budget.adwin(1.0, 4))
    assert budget.adwin(0.01, 25) == pytest.approx(budget.adwin(0.01, 1) / 25)


def test_an_alarm_is_followed_by_silence_for_the_cooldown() -> None:
    cooldown = Cooldown(cooldown=10)
    assert cooldown.may_alarm(0)
    cooldown.alarmed(0, until_recovered=False)
    assert [cooldown.may_alarm(ts) for ts in (1, 9, 10)] == [False, False, True]


def test_a_stream_that_can_heal_stays_silent_until_it_did_and_no_shorter_than_the_cooldown() -> None:
    cooldown = Cooldown(cooldown=10)
    cooldown.alarmed(0, until_recovered=True)
    assert not cooldown.may_alarm(50)
    cooldown.recovered()
    assert [cooldown.may_alarm(ts) for ts in (9, 50)] == [False, True]


@pytest.mark.parametrize(
    ("p", "rejected"),
    [
        ([0.01, 0.04, 0.03, 0.005], [True, False, False, True]),
        ([0.013, 0.016, 0.02, 0.04], [False] * 4),
        ([0.04], [True]),
        ([np.nan, 0.04, np.nan], [False, True, False]),
        ([np.nan], [False]),
        ([], []),
    ],
)
def test_the_smallest_must_pass_for_all_the_next_for_one_less(p: list[float], rejected: list[bool]) -> None:
    assert holm(np.array(p), 0.05).tolist() == rejected
