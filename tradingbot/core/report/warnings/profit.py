# file: core/report/warnings/profit.py
"""Warn about profit that hangs on little, and about losses that are not over."""

from __future__ import annotations

import math
from datetime import date

import numpy as np

from tradingbot.core.portfolio.drawdown import drawdowns
from tradingbot.core.report.facts import Facts
from tradingbot.core.report.phrase import amount, percent, when
from tradingbot.core.report.reading import Found, grown_points, monthly_pnl

__all__ = ["below_zero", "one_month", "one_trade", "open_drawdown"]


def below_zero(result: Found, facts: Facts) -> str | None:
    """Warn that the account was worth nothing at some time, after which no real account trades on."""
    broke = next((point for point in result["equity"] if point["equity"] <= 0), None)
    if broke is None:
        return None
    return (
        f"Equity was {amount(broke['equity'], result['currency'])} on {when(broke['time'])}: "
        "a real account would have been closed, everything after is fiction."
    )


def one_trade(result: Found, facts: Facts) -> str | None:
    """Warn that the profit is one trade's, maybe of one still open, or that of the best hundredth of trades."""
    trades = sorted([*result["trades"], *result["open"]], key=lambda trade: -trade["pnl"])
    net = sum(trade["pnl"] for trade in trades)
    if net <= 0 or len(trades) < 2:
        return None
    best = trades[0]
    if best["pnl"] > net / 2:
        ended = f" on {when(best['exit_time'])}" if best["exit_time"] else ", still open"
        return (
            f"One trade makes {percent(best['pnl'] / net, 0)} of the net profit: {best['instrument']}{ended}, "
            f"{amount(best['pnl'], result['currency'], sign=True)}."
        )
    few = math.ceil(len(trades) / 100)
    rest = net - sum(trade["pnl"] for trade in trades[:few])
    if rest >= 0:
        return None
    return f"Without its best {few} of {len(trades)} trades (1 %) the run would have lost money."


def one_month(result: Found, facts: Facts) -> str | None:
    """Warn that one month made more than half of the realised profit."""
    months = monthly_pnl(result)
    net = sum(months.values())
    if net <= 0 or len(months) < 3:
        return None
    best = max(months, key=lambda month: months[month])
    if months[best] <= net / 2:
        return None
    name = date.fromisoformat(f"{best}-01").strftime("%B %Y")
    return f"{name} alone makes {percent(months[best] / net, 0)} of what was realised; {len(months)} months had trades."


def open_drawdown(result: Found, facts: Facts) -> str | None:
    """Warn that the run ends at least half as deep under water as it ever was, and at least 1 %."""
    equity = np.array([float(point.equity) for point in grown_points(result)])
    if not len(equity) or equity[0] <= 0:
        return None
    depths = drawdowns(equity)
    if depths[-1] < max(0.01, depths.max() / 2):
        return None
    return (
        f"The run ends {percent(float(depths[-1]))} below its peak (deepest {percent(float(depths.max()))}): "
        "this drawdown is not over, the worst may lie ahead."
    )
