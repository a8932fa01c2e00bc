# file: tests/core/statistics/testdeflatedsharpe.py
from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.deflatedsharpe import (
    deflated_sharpe,
    expected_maximum,
    min_backtest_years,
    min_track_record,
    probabilistic_sharpe,
)


def test_the_published_track_record_of_two_years() -> None:
    assert probabilistic_sharpe(0.458, 24) == pytest.approx(0.982, abs=5e-4)
    assert probabilistic_sharpe(0.458, 24, -2.448, 10.164) == pytest.approx(0.913, abs=5e-4)


@given(st.floats(-2, 2), st.integers(2, 5000), st.floats(-2, 2), st.floats(0, 1))
def test_a_higher_benchmark_never_makes_it_more_probable_and_its_own_one_even(
    sr: float, n: int, benchmark: float, more: float
) -> None:
    assert probabilistic_sharpe(sr, n, benchmark=sr) == 0.5
    high, low = (probabilistic_sharpe(sr, n, benchmark=level) for level in (benchmark + more, benchmark))
    assert 0 <= high <= low <= 1


def test_a_ratio_without_error_is_certain() -> None:
    # A win of 1 and a loss of 0, equally likely: the estimate does not vary around its ratio at 1.
    by_benchmark = [probabilistic_sharpe(1.0, 10, skew=2.0, kurt=5.0, benchmark=level) for level in (0.0, 1.5, 1.0)]
    assert by_benchmark == [1.0, 0.0, 0.5]


DAILY = 2.5 / math.sqrt(250)
VARIANCE = 0.5 / 250


@pytest.mark.parametrize("n", [10, 100, 1000])
def test_simulated_maxima_agree(n: int) -> None:
    drawn = np.random.default_rng(n).normal(size=(2000, n)).max(axis=1).mean()
    assert expected_maximum(n) == pytest.approx(drawn, abs=0.05)
    assert expected_maximum(10) == pytest.approx(1.57, abs=5e-3)  # as published


def test_the_published_example() -> None:
    of_hundred = deflated_sharpe(DAILY, 1250, -3, 10, VARIANCE, 100)
    assert of_hundred.benchmark == pytest.approx(0.1132, abs=5e-5)
    assert of_hundred.probability == pytest.approx(0.9004, abs=5e-5)
    assert deflated_sharpe(DAILY, 1250, -3, 10, VARIANCE, 46).probability == pytest.approx(0.9505, abs=5e-5)
    # A single trial had no luck to take away.
    single = deflated_sharpe(DAILY, 1250, -3, 10, VARIANCE, 1)
    assert (single.benchmark, single.probability) == (0, probabilistic_sharpe(DAILY, 1250, -3, 10))


@given(st.integers(1, 10**9), st.integers(1, 10**6))
def test_more_trials_always_ask_for_more(trials: int, more: int) -> None:
    assert 0 <= expected_maximum(trials) < expected_maximum(trials + more)


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
    assert probabilistic_sharpe(sr, enough, -0.5, 6.0) >= confidence - 1e-12
    # No length proves what is not there.
    assert [min_track_record(none, benchmark=0.1) for none in (0.1, 0.0, -0.5)] == [None] * 3
    if enough > 3:
        assert probabilistic_sharpe(sr, enough - 2, -0.5, 6.0) < confidence


def test_the_more_trials_the_longer_the_backtest_and_a_higher_bar_needs_less_time() -> None:
    assert min_backtest_years(45) == pytest.approx(5, abs=0.01)
    assert min_backtest_years(1) == 0
    assert min_backtest_years(45, expected_max=2) == pytest.approx(min_backtest_years(45) / 4)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: probabilistic_sharpe(0.1, 1), "n was 1, allowed is 2 or more"),
        (lambda: expected_maximum(0), "trials was 0, allowed is 1 or more"),
        (
            lambda: deflated_sharpe(DAILY, 1250, 0, 3, -1, 10),
            "variance of the trials' Sharpe ratios was -1, allowed is 0 or more",
        ),
        (lambda: min_track_record(0.1, confidence=1.0), "confidence was 1, allowed is 0.5 or more and below 1"),
        (lambda: min_backtest_years(45, expected_max=0), "expected_max was 0, allowed is more than 0"),
        (lambda: min_backtest_years(0), "trials was 0, allowed is 1 or more"),
    ],
)
def test_impossible_arguments_are_refused(call: Callable[[], object], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        call()
