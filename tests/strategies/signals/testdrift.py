# file: tests/strategies/signals/testdrift.py
from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies.signals.drift import Drift

prices = st.lists(st.integers(1_000, 20_000).map(lambda cents: cents / 100), min_size=2, max_size=80)


@given(prices, st.integers(1, 12))
def test_the_score_is_the_net_move_over_the_root_of_the_squared_ones(values: list[float], period: int) -> None:
    drift = Drift(period)
    for count, value in enumerate(values):
        drift.update(value)
        window = np.log(values[max(0, count - period) : count + 1])
        size = math.sqrt(float(np.sum(np.diff(window) ** 2)))
        expected = float(window[-1] - window[0]) / size if size else 0.0
        assert drift.score == pytest.approx(expected, rel=1e-6, abs=1e-5)
        assert drift.full is (count >= period)


def test_a_market_that_only_rises_scores_the_root_of_the_period() -> None:
    drift = Drift(16)
    for step in range(40):
        drift.update(100 * 1.01**step)
    assert drift.score == pytest.approx(4.0)


def test_a_market_that_comes_back_scores_nothing_and_the_mirrored_one_the_opposite() -> None:
    there, back = Drift(4), Drift(4)
    for price in (100, 110, 121, 110, 100):
        there.update(price)
        back.update(10_000 / price)
        assert back.score == pytest.approx(-there.score, abs=1e-9)
    assert there.score == pytest.approx(0.0, abs=1e-9)


def test_random_walks_score_like_a_standard_normal() -> None:
    rng = np.random.default_rng(3)
    scores = []
    for _ in range(400):
        drift = Drift(50)
        for price in np.exp(np.cumsum(rng.standard_normal(51) * 0.01)).tolist():
            drift.update(price)
        scores.append(drift.score)
    assert np.mean(scores) == pytest.approx(0.0, abs=0.15)
    assert np.std(scores) == pytest.approx(1.0, abs=0.1)


def test_where_nothing_moves_there_is_no_drift() -> None:
    drift = Drift(3)
    assert (drift.score, drift.full) == (0.0, False)
    for _ in range(4):
        drift.update(5.0)
    assert (drift.score, drift.full) == (0.0, True)
