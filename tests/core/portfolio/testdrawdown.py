# file: tests/core/portfolio/testdrawdown.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.portfolio.drawdown import drawdowns, longest_drawdown, max_drawdown
from tradingbot.core.portfolio.isotime import DAY

_curve = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=40)


def _days(count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.arange(count, dtype=np.int64) * DAY


def test_the_deepest_fall_counts_from_the_peak_before_it() -> None:
    assert max_drawdown(np.array([100.0, 120.0, 90.0, 130.0, 117.0])) == pytest.approx(0.25)


def test_debt_is_a_fall_of_more_than_everything() -> None:
    assert max_drawdown(np.array([100.0, -20.0])) == pytest.approx(1.2)


@pytest.mark.parametrize(
    ("curve", "days"),
    [
        ([1.0, 2.0, 3.0], 0),
        ([3.0, 2.0, 1.0, 3.0, 4.0], 3),
        ([3.0, 2.0, 3.0, 2.0, 2.0, 2.0], 3),
        ([5.0, 4.0], 1),
        ([], 0),
    ],
)
def test_the_longest_drawdown_lasts_from_peak_to_recovery_or_the_end(curve: list[float], days: int) -> None:
    assert longest_drawdown(_days(len(curve)), np.array(curve)) == days


@given(_curve, st.floats(0.001, 1000.0))
def test_drawdown_lies_between_zero_and_one_and_does_not_see_scale(curve: list[float], scale: float) -> None:
    equity = np.array(curve)
    assert np.all((drawdowns(equity) >= 0) & (drawdowns(equity) <= 1))
    assert max_drawdown(equity * scale) == pytest.approx(max_drawdown(equity), abs=1e-9)


@given(_curve, st.floats(1.0, 1e6))
def test_money_that_is_never_risked_makes_drawdown_smaller(curve: list[float], idle: float) -> None:
    equity = np.array(curve)
    assert max_drawdown(equity + idle) <= max_drawdown(equity) + 1e-12
