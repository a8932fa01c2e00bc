# file: tests/strategies/signals/testindicators.py
from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nautilus_trader.indicators import (
    AverageTrueRange,
    BollingerBands,
    DonchianChannel,
    MovingAverageType,
    SimpleMovingAverage,
)

from strategies.signals.indicators import DriftScore, band_score

prices = st.lists(st.integers(1, 20_000).map(lambda cents: cents / 100), min_size=2, max_size=80)


def banded(values: list[float], period: int) -> BollingerBands:
    bands = BollingerBands(period, 1.0)
    for value in values:
        bands.update_raw(value)
    return bands


@given(prices, st.integers(1, 12))
def test_mean_and_deviation_are_numpys_of_the_last_values(values: list[float], period: int) -> None:
    bands, mean = BollingerBands(period, 1.0), SimpleMovingAverage(period)
    for count, value in enumerate(values, 1):
        bands.update_raw(value)
        mean.update_raw(value)
        assert bands.initialized is mean.initialized is (count >= period)
        if bands.initialized:
            window = np.array(values[count - period : count])
            assert bands.middle == pytest.approx(window.mean(), rel=1e-9)
            assert mean.value == pytest.approx(window.mean(), rel=1e-9)
            assert bands.stddev == pytest.approx(window.std(), rel=1e-6, abs=1e-5)


@given(prices.filter(lambda values: len(set(values)) > 1), st.floats(0.01, 300))
def test_a_score_is_the_distance_from_the_mean_in_deviations(values: list[float], value: float) -> None:
    expected = (value - np.mean(values)) / np.std(values)
    assert band_score(banded(values, len(values)), value) == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_where_nothing_moves_nothing_is_far() -> None:
    bands = banded([0.1] * 10, 3)
    assert bands.middle == pytest.approx(0.1)
    assert bands.stddev == pytest.approx(0.0, abs=1e-15)
    assert band_score(bands, 1e9) == 0.0


def test_many_values_of_a_large_price_leave_no_rounding_behind() -> None:
    values = 1e6 + np.cumsum(np.random.default_rng(1).standard_normal(200_000))
    bands = banded(values.tolist(), 500)
    assert bands.middle == pytest.approx(values[-500:].mean(), rel=1e-13)
    assert bands.stddev == pytest.approx(values[-500:].std(), rel=1e-9)


# Few distinct values, so that equal extremes meet in a window and leave it one by one.
bars = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda pair: (max(pair), min(pair))), max_size=60)


@given(bars, st.integers(1, 12))
def test_it_holds_the_extremes_of_the_last_bars(rows: list[tuple[int, int]], period: int) -> None:
    channel = DonchianChannel(period)
    for count, (high, low) in enumerate(rows, 1):
        channel.update_raw(high, low)
        assert channel.initialized is (count >= period)
        if channel.initialized:
            window = rows[count - period : count]
            assert channel.upper == max(each for each, _ in window)
            assert channel.lower == min(each for _, each in window)


type Bar = tuple[float, float, float]


def bar(low: int, reach: int, share: float) -> Bar:
    return low + reach, low, low + share * reach


candles = st.lists(st.builds(bar, st.integers(100, 200), st.integers(0, 50), st.floats(0, 1)), min_size=1, max_size=60)


def true_ranges(rows: list[Bar]) -> list[float]:
    """Return Wilder's three-way definition for every bar."""
    found = [rows[0][0] - rows[0][1]]
    for (high, low, _), (_, _, last) in zip(rows[1:], rows[:-1], strict=True):
        found.append(max(high - low, abs(high - last), abs(low - last)))
    return found


@given(candles, st.integers(1, 12))
def test_it_starts_as_a_mean_and_goes_on_in_wilders_way(rows: list[Bar], period: int) -> None:
    signal, expected = AverageTrueRange(period, MovingAverageType.Wilder), 0.0
    for count, reach in enumerate(true_ranges(rows), 1):
        signal.update_raw(*rows[count - 1])
        weight = min(count, period)
        expected = (expected * (weight - 1) + reach) / weight
        assert signal.initialized is (count >= period)
        if signal.initialized:
            assert signal.value == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_a_gap_counts_as_movement() -> None:
    signal = AverageTrueRange(1, MovingAverageType.Wilder)
    signal.update_raw(101, 99, 100)
    signal.update_raw(121, 119, 120)
    assert signal.value == 21
    signal.update_raw(91, 89, 90)
    assert signal.value == 31


def test_before_the_first_bar_it_is_nothing() -> None:
    signal, channel = AverageTrueRange(3, MovingAverageType.Wilder), DonchianChannel(2)
    assert (signal.value, signal.initialized) == (0.0, False)
    assert (channel.upper, channel.lower, channel.initialized) == (0.0, 0.0, False)


@given(prices, st.integers(1, 12))
def test_the_score_is_the_net_move_over_the_root_of_the_squared_ones(values: list[float], period: int) -> None:
    drift = DriftScore(period)
    for count, value in enumerate(values):
        drift.update_raw(value)
        window = np.log(values[max(0, count - period) : count + 1])
        size = math.sqrt(float(np.sum(np.diff(window) ** 2)))
        expected = float(window[-1] - window[0]) / size if size else 0.0
        assert drift.score == pytest.approx(expected, rel=1e-6, abs=1e-5)
        assert drift.initialized is (count >= period)


def test_a_market_that_only_rises_scores_the_root_of_the_period() -> None:
    drift = DriftScore(16)
    for step in range(40):
        drift.update_raw(100 * 1.01**step)
    assert drift.score == pytest.approx(4.0)


def test_a_market_that_comes_back_scores_nothing_and_the_mirrored_one_the_opposite() -> None:
    there, back = DriftScore(4), DriftScore(4)
    for price in (100, 110, 121, 110, 100):
        there.update_raw(price)
        back.update_raw(10_000 / price)
        assert back.score == pytest.approx(-there.score, abs=1e-9)
    assert there.score == pytest.approx(0.0, abs=1e-9)


def test_random_walks_score_like_a_standard_normal() -> None:
    rng = np.random.default_rng(3)
    scores = []
    for _ in range(400):
        drift = DriftScore(50)
        for price in np.exp(np.cumsum(rng.standard_normal(51) * 0.01)).tolist():
            drift.update_raw(price)
        scores.append(drift.score)
    assert np.mean(scores) == pytest.approx(0.0, abs=0.15)
    assert np.std(scores) == pytest.approx(1.0, abs=0.1)


def test_where_nothing_moves_there_is_no_drift() -> None:
    drift = DriftScore(3)
    assert (drift.score, drift.initialized) == (0.0, False)
    for _ in range(4):
        drift.update_raw(5.0)
    assert (drift.score, drift.initialized) == (0.0, True)
