# file: core/runtime/curve.py
"""The equity curve of a run: what it was worth from its start to its end."""

from __future__ import annotations

from decimal import Decimal

from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.runtime.market import Market
from tradingbot.core.runtime.recorder import Recorder

__all__ = ["equity_curve"]


def equity_curve(recorder: Recorder, market: Market, last: Decimal | None = None) -> list[EquityPoint]:
    """Return the start, the points of the marked equity that decide drawdowns, and the end; ascending.

    The maximum drawdown of these points is that of the equity at every bar. `last` is the equity at the end where it is
    not the recorder's.
    """
    end = EquityPoint(market.end, recorder.equity() if last is None else last)
    return [*(point for point in recorder.marked.points if point.ts < market.end), end]
