# file: tests/core/report/charts/testfigure.py
from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.report.charts.figure import evenly, thin, weightiest


@given(st.integers(20, 400), st.integers(10, 60), st.integers(0, 1000))
def test_thinning_keeps_every_extreme_and_the_ends(count: int, most: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    ts, last = np.arange(count, dtype=np.int64), rng.normal(size=count)
    low, high = last - rng.random(count), last + rng.random(count)
    stamps, values = thin(ts, low, high, last, most)
    assert len(stamps) == len(values) <= max(most, 2)
    assert np.all(np.diff(stamps) >= 0)
    assert (stamps[0], stamps[-1], values[-1]) == (0, count - 1, last[-1])
    if count > most:
        assert (values.min(), values.max()) == (low.min(), high.max())


def test_a_short_line_is_left_alone() -> None:
    ts, last = np.arange(5, dtype=np.int64), np.arange(5.0)
    assert thin(ts, last - 1, last + 1, last)[1].tolist() == last.tolist()


def test_of_many_trades_the_weightiest_are_drawn() -> None:
    trades = [{"pnl": pnl} for pnl in (1.0, -9.0, 0.5, 4.0)]
    assert [trade["pnl"] for trade in weightiest(trades, 2)] == [-9.0, 4.0]
    assert weightiest(trades, 4) == trades


def test_an_even_sample_spans_the_list() -> None:
    trades = [{"pnl": pnl} for pnl in range(9)]
    assert [trade["pnl"] for trade in evenly(trades, 3)] == [0, 4, 8]
    assert evenly(trades, 20) == trades
    assert evenly([], 20) == []
