# file: core/runtime/curve.py
"""The equity of a finished run, from its start to its end."""

from __future__ import annotations

from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.runtime.market import Market
from tradingbot.core.runtime.recorder import Recorder

__all__ = ["equity_curve"]


def equity_curve(recorder: Recorder, market: Market) -> list[EquityPoint]:
    """Return the start, every 00:00 UTC, every close of a trade, and the end; ascending."""
    start = EquityPoint(market.start, recorder.ledger.start)
    end = EquityPoint(market.end, recorder.equity())
    inside = sorted([*recorder.daily, *recorder.at_trades], key=lambda point: point.ts)
    latest = {point.ts: point for point in inside if market.start < point.ts < market.end}
    return [start, *latest.values(), end]
