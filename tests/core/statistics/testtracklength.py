# file: tests/core/statistics/testtracklength.py
from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.psr import psr
from tradingbot.core.statistics.tracklength import min_backtest_years, min_track_record


@pytest.mark.parametrize(
    ("a_year", "skew", "kurt", "years"),
    [(250, 0.0, 3.0, 2.73), (52, 0.0, 3.0, 2.83), (12, 0.0, 3.0, 3.24), (12, -0.72, 5.78, 4.99)],
)
def test_the_published_lengths_of_two_against_one(a_year: int, skew: float, kurt: float, years: float) -> None:
    unit = math.sqrt(a_year)
    observations = min_track_record(2 / unit, 1 / unit, skew, kurt)
    assert observations is not None
    assert observations / a_year == pytest.approx(years, abs=5e-3)


@given(st.floats(0.02, 1), st.floats(0.55, 0.99))
def test_the_length_is_where_the_probability_reaches_the_confidence(sr: float, confidence: float) -> None:
    observations = min_track_record(sr, 0.0, -0.5, 6.0, confidence)
    assert observations is not None
    enough = max(2, math.ceil(observations))
    assert psr(sr, enough, -0.5, 6.0) >= confidence - 1e-12
    if enough > 3:
        assert psr(sr, enough - 2, -0.5, 6.0) < confidence


@pytest.mark.parametrize("sr", [0.1, 0.0, -0.5])
def test_no_length_proves_what_is_not_there(sr: float) -> None:
    assert min_track_record(sr, benchmark=0.1) is None


def test_forty_five_trials_need_five_years() -> None:
    assert min_backtest_years(45) == pytest.approx(5, abs=0.01)


def test_one_trial_overfits_nothing_and_a_higher_bar_needs_less_time() -> None:
    assert min_backtest_years(1) == 0
    assert min_backtest_years(45, expected_max=2) == pytest.approx(min_backtest_years(45) / 4)


def test_impossible_arguments_are_refused() -> None:
    with pytest.raises(BadInput, match=r"confidence was 1, allowed is 0.5 or more and below 1"):
        min_track_record(0.1, confidence=1.0)
    with pytest.raises(BadInput, match=r"expected_max was 0, allowed is more than 0"):
        min_backtest_years(45, expected_max=0)
    with pytest.raises(BadInput, match=r"trials was 0, allowed is 1 or more"):
        min_backtest_years(0)
