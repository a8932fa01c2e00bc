# file: tests/learning/models/testholdout.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.learning.models.planted import HOUR, noise, walk
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.statistics.arrays import BoolArray, Ints
from tradingbot.learning.models.holdout import hold_out


@given(st.integers(20, 120), st.integers(1, 12), st.integers(0, 8), st.floats(0.2, 0.6), st.integers(0, 99))
def test_what_is_fitted_ends_before_the_embargo_of_what_is_held(
    n: int, span: int, embargo: int, share: float, seed: int
) -> None:
    rows = walk(n, span, seed)
    try:
        fitted, held = hold_out(rows.take(np.random.default_rng(seed).permutation(n)), share, embargo * HOUR)
    except BadInput:
        assert span + embargo >= n * (1 - share) - 2
        return
    assert fitted.ends.max() < held.starts.min() - embargo * HOUR
    assert abs(len(held) - n * share) <= 1
    assert len(fitted) + len(held) >= n - span - embargo - 1
    assert (np.diff(fitted.starts) >= 0).all()
    assert (np.diff(held.starts) >= 0).all()


def test_a_purge_that_does_nothing_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(starts: Ints, *_: object) -> BoolArray:
        return np.ones(len(starts), dtype=np.bool_)

    monkeypatch.setattr("tradingbot.learning.models.holdout.keep", nothing)
    with pytest.raises(RunFailed, match=r"fit part before the calibration slice: label .* overlaps the test"):
        hold_out(noise(100, 1), 0.3, 0)


def test_a_row_that_was_drawn_twice_is_fitted_twice_and_calibrates_once() -> None:
    rows = noise(100, 3)
    rows.x[::3, 0] = np.nan
    fitted, held = hold_out(rows.take(np.repeat(np.arange(100), 2)), 0.5, 0)
    assert len(fitted) == 100
    assert held.starts.tolist() == rows.starts[50:].tolist()


def test_two_decisions_of_one_instant_both_calibrate() -> None:
    rows = noise(100, 4)
    rows.starts[81], rows.ends[81] = rows.starts[80], rows.ends[80]
    assert len(hold_out(rows, 0.5, 0)[1]) == 50


def test_rows_of_one_instant_are_not_torn_apart() -> None:
    rows = noise(100, 1)
    rows.starts[45:55] = rows.starts[45]
    fitted, held = hold_out(rows, 0.5, 0)
    assert not set(fitted.starts.tolist()) & set(held.starts.tolist())


def test_shares_and_parts_that_leave_nothing_are_refused() -> None:
    rows = noise(10, 2)
    with pytest.raises(BadInput, match="holdout share was 1, allowed is between 0 and 1"):
        hold_out(rows, 1.0, 0)
    with pytest.raises(BadInput, match="rows were 0"):
        hold_out(rows.take(np.arange(0)), 0.3, 0)
    with pytest.raises(BadInput, match="rows to fit were 0"):
        hold_out(rows, 0.3, 1000 * HOUR)
