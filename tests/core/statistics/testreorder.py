# file: tests/core/statistics/testreorder.py
from __future__ import annotations

import itertools

import numpy as np
import pytest

from tradingbot.core.errors import BadInput
from tradingbot.core.portfolio.drawdown import max_drawdown
from tradingbot.core.statistics import reorder
from tradingbot.core.statistics.reorder import reorder_drawdowns

TRADES = np.array([0.1, -0.05, -0.2, 0.15])


def test_the_drawdowns_are_those_of_the_orders_there_are() -> None:
    every = {
        round(max_drawdown(np.cumprod([1.0, *(1 + np.array(order))])), 9) for order in itertools.permutations(TRADES)
    }
    found = {round(depth, 9) for depth in reorder_drawdowns(TRADES, 500, np.random.default_rng(1)).tolist()}
    assert found == every


def test_winners_alone_never_draw_down_and_losers_alone_always_the_same() -> None:
    rng = np.random.default_rng(2)
    assert reorder_drawdowns(np.full(5, 0.1), 10, rng).tolist() == [0.0] * 10
    assert reorder_drawdowns(np.full(2, -0.1), 10, rng) == pytest.approx(np.full(10, 0.19))


def test_many_orders_in_parts_are_all_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reorder, "_CHUNK_CELLS", 12)
    found = reorder_drawdowns(TRADES, 100, np.random.default_rng(3))
    assert ((found >= 0.2 - 1e-12) & (found < 1)).all()


def test_no_trades_have_no_drawdown() -> None:
    assert reorder_drawdowns(np.array([]), 3, np.random.default_rng(0)).tolist() == [0.0] * 3


def test_a_trade_that_loses_everything_is_refused() -> None:
    with pytest.raises(BadInput, match=r"worst trade was -1\.0"):
        reorder_drawdowns(np.array([0.1, -1.0]), 3, np.random.default_rng(0))
    with pytest.raises(BadInput, match="resamples were -1"):
        reorder_drawdowns(TRADES, -1, np.random.default_rng(0))
