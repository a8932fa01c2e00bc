# file: tests/core/statistics/testdeflated.py
from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.deflated import deflated, expected_maximum
from tradingbot.core.statistics.psr import psr

DAILY = 2.5 / math.sqrt(250)
VARIANCE = 0.5 / 250


def test_the_published_maximum_of_ten() -> None:
    assert expected_maximum(10) == pytest.approx(1.57, abs=5e-3)


@pytest.mark.parametrize("n", [10, 100, 1000])
def test_simulated_maxima_agree(n: int) -> None:
    drawn = np.random.default_rng(n).normal(size=(2000, n)).max(axis=1).mean()
    assert expected_maximum(n) == pytest.approx(drawn, abs=0.05)


def test_the_published_example() -> None:
    of_hundred = deflated(DAILY, 1250, -3, 10, VARIANCE, 100)
    assert of_hundred.benchmark == pytest.approx(0.1132, abs=5e-5)
    assert of_hundred.probability == pytest.approx(0.9004, abs=5e-5)
    assert deflated(DAILY, 1250, -3, 10, VARIANCE, 46).probability == pytest.approx(0.9505, abs=5e-5)


def test_a_single_trial_had_no_luck_to_take_away() -> None:
    single = deflated(DAILY, 1250, -3, 10, VARIANCE, 1)
    assert single.benchmark == 0
    assert single.probability == psr(DAILY, 1250, -3, 10)


@given(st.integers(1, 10**9), st.integers(1, 10**6))
def test_more_trials_always_ask_for_more(trials: int, more: int) -> None:
    assert 0 <= expected_maximum(trials) < expected_maximum(trials + more)


def test_impossible_arguments_are_refused() -> None:
    with pytest.raises(BadInput, match=r"trials was 0, allowed is 1 or more"):
        expected_maximum(0)
    with pytest.raises(BadInput, match=r"variance of the trials' Sharpe ratios was -1, allowed is 0 or more"):
        deflated(DAILY, 1250, 0, 3, -1, 10)
