# file: tests/learning/drift/testcoverage.py
from __future__ import annotations

import numpy as np
import pytest

from tradingbot.core.errors import BadInput
from tradingbot.learning.drift.coverage import CoverageTest

MONTH = 500


def _alarm(test: CoverageTest, misses: np.ndarray, level: float) -> int | None:
    for place, miss in enumerate(misses.tolist()):
        test.update(place, place, not miss, 1 / MONTH)
        if test.capital > 1 / level:
            return place
    return None


@pytest.mark.parametrize("miss", [0.1, 0.4])
def test_a_kept_promise_alarms_less_often_than_said(miss: float) -> None:
    rng = np.random.default_rng(9)
    found = [_alarm(CoverageTest(miss), rng.random(MONTH) < miss, 0.05) for _ in range(300)]
    assert sum(alarm is not None for alarm in found) <= 0.05 * 300


@pytest.mark.parametrize(("miss", "broken"), [(0.1, 0.25), (0.4, 0.6)])
def test_a_broken_promise_is_found_within_three_hundred_outcomes(miss: float, broken: float) -> None:
    rng = np.random.default_rng(10)
    found = [_alarm(CoverageTest(miss), rng.random(MONTH) < broken, 0.0125) for _ in range(20)]
    assert not [alarm for alarm in found if alarm is None or alarm > 300]


def test_a_year_of_good_outcomes_does_not_hide_a_collapse() -> None:
    rng = np.random.default_rng(11)
    misses = np.concatenate([rng.random(12 * MONTH) < 0.08, rng.random(MONTH) < 0.25])
    alarm = _alarm(CoverageTest(0.1), misses, 0.0125)
    assert alarm is not None
    assert 12 * MONTH < alarm < 12 * MONTH + 300


def test_an_outcome_decided_before_the_last_one_was_known_does_not_count() -> None:
    test = CoverageTest(0.1)
    assert test.update(0, 10, covered=True, stake=0.1)
    assert not test.update(9, 19, covered=False, stake=0.1)
    assert test.update(10, 20, covered=False, stake=0.1)
    assert (test.counted, test.realised) == (2, 0.5)


def test_the_capital_of_one_bet_is_its_fair_pay_and_a_restart_forgets_it() -> None:
    test = CoverageTest(0.9)  # twice as many misses as that cannot be, one in twenty hits more can
    test.update(0, 1, covered=False, stake=1.0)
    assert test.capital == pytest.approx(0.95 / 0.9)
    test.restart()
    assert (test.capital, test.counted, test.realised) == (0.0, 0, 1.0)


@pytest.mark.parametrize("miss", [0.0, 1.0])
def test_a_promise_of_never_or_always_is_none(miss: float) -> None:
    with pytest.raises(BadInput, match="promised miss rate was"):
        CoverageTest(miss)
