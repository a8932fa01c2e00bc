# file: tests/core/statistics/testbootstrap.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.bootstrap import best_block, stationary_indices


def test_the_error_of_a_sharpe_ratio_is_the_theoretical_one() -> None:
    rng = np.random.default_rng(3)
    returns = rng.normal(size=2000)
    drawn = returns[stationary_indices(2000, best_block(returns), 2000, rng)]
    assert np.std(drawn.mean(axis=1) / drawn.std(axis=1, ddof=1)) == pytest.approx(0.0224, rel=0.05)


@given(n=st.integers(1, 40), block=st.floats(1, 60), size=st.integers(0, 5), seed=st.integers(0, 1000))
def test_every_resample_holds_positions_of_the_data(n: int, block: float, size: int, seed: int) -> None:
    drawn = stationary_indices(n, block, size, np.random.default_rng(seed))
    assert drawn.shape == (size, n)
    assert ((drawn >= 0) & (drawn < n)).all()


def test_blocks_are_as_long_as_asked_and_go_round_the_end() -> None:
    drawn = stationary_indices(500, 10, 200, np.random.default_rng(1))
    goes_on = np.diff(drawn, axis=1) % 500 == 1
    assert goes_on.mean() == pytest.approx(0.9, abs=0.01)
    assert (goes_on & (np.diff(drawn, axis=1) < 0)).any()


def test_every_day_is_as_likely_as_any_other() -> None:
    drawn = stationary_indices(50, 5, 4000, np.random.default_rng(2))
    assert np.bincount(drawn.ravel()) == pytest.approx(np.full(50, 4000), rel=0.1)


def test_blocks_of_one_are_independent_days() -> None:
    drawn = stationary_indices(300, 1, 100, np.random.default_rng(2))
    assert (np.diff(drawn, axis=1) == 1).mean() < 0.01


def test_a_seed_gives_the_same_resamples_again() -> None:
    first, again = (stationary_indices(30, 4, 3, np.random.default_rng(9)) for _ in range(2))
    assert np.array_equal(first, again)


def test_the_best_block_grows_with_the_memory_of_the_days() -> None:
    shocks = np.random.default_rng(5).normal(size=1000)
    remembering = np.convolve(shocks, np.ones(8), mode="valid")
    assert best_block(shocks) < 3 < 8 < best_block(remembering)


@pytest.mark.parametrize("returns", [np.zeros(0), np.ones(5), np.full(100, 0.1), np.arange(9.0)])
def test_what_shows_no_dependence_is_drawn_day_by_day(returns: np.ndarray) -> None:
    assert best_block(returns) == 1.0


@pytest.mark.parametrize(("n", "block", "size"), [(0, 1.0, 1), (5, 0.5, 1), (5, float("nan"), 1), (5, 1.0, -1)])
def test_what_cannot_be_drawn_is_refused(n: int, block: float, size: int) -> None:
    with pytest.raises(BadInput, match="allowed"):
        stationary_indices(n, block, size, np.random.default_rng(0))
