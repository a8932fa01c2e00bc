# file: core/runtime/curve.py
"""The equity curve of a run: what it was worth from its start to its end."""

from __future__ import annotations

from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.runtime.market import Market
from tradingbot.core.runtime.recorder import Recorder

__all__ = ["equity_curve"]


def equity_curve(recorder: Recorder, market: Market) -> list[EquityPoint]:
    """Return the start, the points of the marked equity that decide drawdowns, and the end; ascending.

    The maximum drawdown of these points is that of the equity at every bar.
    """
    end = EquityPoint(market.end, recorder.equity())
    return [*(point for point in recorder.marked.points if point.ts < market.end), end]
