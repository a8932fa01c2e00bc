# file: tests/core/statistics/testintraday.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.portfolio.drawdown import max_drawdown
from tradingbot.core.statistics.intraday import Intraday, path_drawdown

PATHS = st.lists(st.lists(st.floats(0.5, 2.0), min_size=1, max_size=6), min_size=1, max_size=8)


def of_bars(days: list[list[float]]) -> tuple[np.ndarray, Intraday, np.ndarray]:
    """Return daily returns, their intraday extremes, and all of equity, from each bar's growth."""
    equity, returns, columns = [1.0], [], []
    for day in days:
        inside = equity[-1] * np.cumprod([1.0, *day])
        factors = inside / inside[0]
        returns.append(factors[-1] - 1)
        columns.append((factors.min(), factors.max(), max_drawdown(inside)))
        equity += inside[1:].tolist()
    return np.array(returns), Intraday(*np.array(columns).T), np.array(equity)


def test_a_day_that_falls_by_a_third_and_comes_back_is_a_drawdown_of_a_third() -> None:
    returns, intraday, _ = of_bars([[1.1], [0.68, 1 / 0.68], [1.0]])
    assert path_drawdown(returns, intraday) == pytest.approx(0.32)
    assert path_drawdown(returns, Intraday.of_ends(returns)) == 0.0
    # A fall may go from the high of one day to the low of a later one.
    returns, intraday, _ = of_bars([[1.2, 1 / 1.2], [1.0], [0.9, 1 / 0.9]])
    assert path_drawdown(returns, intraday) == pytest.approx(1 - 0.9 / 1.2)


@given(PATHS, st.data())
def test_days_put_end_to_end_fall_as_their_bars_do_and_no_subsample_deeper(
    days: list[list[float]], data: st.DataObject
) -> None:
    returns, intraday, equity = of_bars(days)
    assert path_drawdown(returns, intraday) == pytest.approx(max_drawdown(equity), abs=1e-12)
    kept = data.draw(st.lists(st.booleans(), min_size=len(equity), max_size=len(equity)))
    assert path_drawdown(returns, intraday) >= max_drawdown(equity[np.array(kept)]) - 1e-12


def test_days_in_another_order_take_their_extremes_along_and_many_histories_are_counted_at_once() -> None:
    returns, intraday, _ = of_bars([[1.2], [0.5, 1.8]])
    rows = np.array([[0, 1], [1, 0]])
    # 1.2 x 0.5 below 1.2, and 0.5 below 1 first.
    assert path_drawdown(returns[rows], intraday.take(rows)).tolist() == pytest.approx([0.5, 0.5])
    assert path_drawdown(returns[:0], intraday.take(slice(0, 0))) == 0.0
    # Joined parts are the days of both.
    returns, intraday, _ = of_bars([[1.2], [0.5, 1.8], [0.9]])
    joined = Intraday.join([intraday.take(slice(0, 1)), intraday.take(slice(1, 3))])
    assert path_drawdown(returns, joined) == path_drawdown(returns, intraday)
