# file: tests/learning/testsampling.py
from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.errors import BadInput
from tradingbot.learning.sampling import cusum, every

MOVES = st.lists(st.floats(-0.1, 0.1), min_size=1, max_size=60)


def walk(*moves: float) -> np.ndarray:
    return 100 * np.exp(np.concatenate([[0.0], np.cumsum(moves)]))


def test_every_third_bar_begins_with_the_third() -> None:
    assert every(10, 3).tolist() == [2, 5, 8]
    assert every(3, 1).tolist() == [0, 1, 2]
    assert every(2, 3).tolist() == every(0, 1).tolist() == []


@pytest.mark.parametrize(("n_bars", "step"), [(10, 0), (-1, 3)])
def test_a_step_or_a_history_that_cannot_be_is_refused(n_bars: int, step: int) -> None:
    with pytest.raises(BadInput, match=f"every {step} of {n_bars} bars was asked, allowed is every 1 or more"):
        every(n_bars, step)


def test_a_bar_is_taken_when_moves_add_up_to_the_threshold() -> None:
    assert cusum(walk(0.02, 0.02, 0.02, -0.01, 0.03), 0.05).tolist() == [3]
    assert cusum(walk(-0.02, -0.02, -0.02, 0.01, -0.06), 0.05).tolist() == [3, 5]


def test_a_move_back_and_forth_takes_nothing() -> None:
    assert cusum(walk(*[0.04, -0.04] * 20), 0.05).tolist() == []


def test_a_turn_counts_from_the_turning_point() -> None:
    assert cusum(walk(0.04, -0.03, -0.03), 0.05).tolist() == [3]


def test_each_bar_may_have_its_own_threshold_and_an_unknown_one_takes_nothing() -> None:
    path = walk(0.06, 0.06, 0.06)
    assert cusum(path, np.array([0.05, np.nan, 0.05, 0.1])).tolist() == [2]


def summed(close: np.ndarray, limits: list[float]) -> list[int]:
    """Add up from every bar since a side was last taken, as the maximum of all those sums."""
    path = [math.log(price) for price in close.tolist()]
    taken, rose_from, fell_from = [], 0, 0
    for bar in range(1, len(path)):
        rise = path[bar] - min(path[rose_from : bar + 1])
        fall = max(path[fell_from : bar + 1]) - path[bar]
        if rise >= limits[bar]:
            taken.append(bar)
            rose_from = bar
        elif fall >= limits[bar]:
            taken.append(bar)
            fell_from = bar
    return taken


@given(moves=MOVES, seed=st.integers(0, 2**32 - 1))
def test_bars_are_those_that_lie_a_threshold_from_an_extreme(moves: list[float], seed: int) -> None:
    close = walk(*moves)
    limits = np.random.default_rng(seed).uniform(0.01, 0.2, len(close))
    assert cusum(close, limits).tolist() == summed(close, limits.tolist())


@given(moves=MOVES, cut=st.integers(1, 60))
def test_a_bar_is_taken_by_what_came_before_it(moves: list[float], cut: int) -> None:
    close = walk(*moves)
    whole = cusum(close, 0.05)
    assert cusum(close[:cut], 0.05).tolist() == whole[whole < cut].tolist()


def test_no_bars_are_no_decisions() -> None:
    assert cusum(np.array([]), 0.1).tolist() == []
    assert cusum(np.array([]), np.array([])).tolist() == []


@pytest.mark.parametrize(
    ("close", "threshold", "words"),
    [
        ([1.0, 0.0], 0.1, "close of bar 1 was 0, allowed is above 0"),
        ([1.0, math.nan], 0.1, "close had 1 of 2 values that were not finite"),
        ([1.0, 2.0], 0.0, "threshold was 0, allowed is above 0"),
        ([1.0, 2.0], math.nan, "threshold was nan, allowed is above 0"),
        ([1.0, 2.0], [0.1, -0.5], "threshold was -0.5, allowed is above 0"),
        ([1.0, 2.0], [0.1], r"thresholds had shape \(1,\), allowed is one, or one for each of 2 bars"),
    ],
)
def test_what_makes_no_sense_is_refused(close: list[float], threshold: float | list[float], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        cusum(np.array(close), threshold if isinstance(threshold, float) else np.array(threshold))
