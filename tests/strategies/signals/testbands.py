# file: tests/strategies/signals/testbands.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies.signals.bands import Bands

prices = st.lists(st.integers(1, 20_000).map(lambda cents: cents / 100), min_size=1, max_size=80)


@given(prices, st.integers(1, 12))
def test_mean_and_deviation_are_numpys_of_the_last_values(values: list[float], period: int) -> None:
    bands = Bands(period)
    for count, value in enumerate(values, 1):
        bands.update(value)
        window = np.array(values[max(0, count - period) : count])
        assert bands.mean == pytest.approx(window.mean(), rel=1e-9)
        assert bands.deviation == pytest.approx(window.std(), rel=1e-6, abs=1e-5)
        assert bands.full is (count >= period)


@given(prices.filter(lambda values: len(set(values)) > 1), st.floats(0.01, 300))
def test_a_score_is_the_distance_from_the_mean_in_deviations(values: list[float], value: float) -> None:
    bands = Bands(len(values))
    for each in values:
        bands.update(each)
    assert bands.score(value) == pytest.approx((value - np.mean(values)) / np.std(values), rel=1e-6, abs=1e-6)


def test_where_nothing_moves_nothing_is_far() -> None:
    bands = Bands(3)
    for _ in range(10):
        bands.update(0.1)
    assert bands.mean == pytest.approx(0.1)
    assert bands.deviation == 0.0
    assert bands.score(1e9) == 0.0


def test_many_values_of_a_large_price_leave_no_rounding_behind() -> None:
    rng = np.random.default_rng(1)
    values = 1e6 + np.cumsum(rng.standard_normal(200_000))
    bands = Bands(500)
    for value in values.tolist():
        bands.update(value)
    assert bands.mean == pytest.approx(values[-500:].mean(), rel=1e-13)
    assert bands.deviation == pytest.approx(values[-500:].std(), rel=1e-9)
