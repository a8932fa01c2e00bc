# file: reports/backtest/warnings/evidence.py
"""Evidence warnings: small or synthetic sample, profit concentrated in one trade or month, drawdown still open."""

from __future__ import annotations

import math
from datetime import date

import numpy as np

from tradingbot.core.messages.formatting import amount, counted, duration, number, percent, when
from tradingbot.core.portfolio.drawdown import drawdowns
from tradingbot.core.runtime.result import WarningFacts
from tradingbot.core.time import DAY, from_iso
from tradingbot.reports.backtest.reader import JsonObject, daily, flow_adjusted_points, monthly_pnl

_LUCK, _GATE = 30, 500


def synthetic_data(result: JsonObject, _facts: WarningFacts) -> str | None:
    """Warn that no market made these prices."""
    if not result["data"]["synthetic"]:
        return None
    return "The prices are synthetic: the result shows that the machinery works and says nothing about a real market."


def fast_realism(result: JsonObject, _facts: WarningFacts) -> str | None:
    """Warn that fills were simulated on bars alone."""
    if result["realism"] != "fast":
        return None
    return (
        "Realism was 'fast': orders were filled on bars, without quotes between them, which is optimistic. "
        "Run it again with 'exact' before believing it."
    )


def too_few_trades(result: JsonObject, _facts: WarningFacts) -> str | None:
    """Warn that luck explains the result (below 30 trades) or that the gate will refuse it (below 500)."""
    count = len(result["trades"])
    trades = counted(count, "trade")
    if count == 0:
        return "No trade was closed: there is nothing to judge."
    if count < _LUCK:
        return f"Only {trades}: nothing can be concluded from fewer than {_LUCK}, luck alone explains any result."
    if count < _GATE:
        return f"{trades} are enough for a first idea and too few for promotion, which asks for {_GATE}."
    return None


def short_sample(result: JsonObject, _facts: WarningFacts) -> str | None:
    """Warn that less than a year was seen."""
    span = from_iso(result["end"]) - from_iso(result["start"])
    if span >= 365 * DAY:
        return None
    covered = duration(span) if span < 2 * DAY else f"{number(span / DAY, 0)} days"
    return f"The run covers {covered}: less than a year shows only one market regime."


def flat_equity(result: JsonObject, _facts: WarningFacts) -> str | None:
    """Warn that equity did not change on most days."""
    _, equity = daily(result)
    if len(equity) < 3 or not result["trades"]:
        return None
    still = float(np.mean(np.diff(equity) == 0))
    if still <= 0.5:
        return None
    return f"Equity did not move on {percent(still, 0)} of the days: the result rests on few active ones."


def below_zero(result: JsonObject, _facts: WarningFacts) -> str | None:
    """Warn that the account was worth nothing at some time, after which no real account trades on."""
    first = next((point for point in result["equity"] if point["equity"] <= 0), None)
    if first is None:
        return None
    return (
        f"Equity was {amount(first['equity'], result['currency'])} on {when(first['time'])}: "
        "a real account would have been closed, everything after is fiction."
    )


def one_trade(result: JsonObject, _facts: WarningFacts) -> str | None:
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


def one_month(result: JsonObject, _facts: WarningFacts) -> str | None:
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


def open_drawdown(result: JsonObject, _facts: WarningFacts) -> str | None:
    """Warn that the drawdown at the end is at least half of the max drawdown, and at least 1 %."""
    equity = np.array([float(point.equity) for point in flow_adjusted_points(result)])
    if not len(equity) or equity[0] <= 0:
        return None
    depths = drawdowns(equity)
    if depths[-1] < max(0.01, depths.max() / 2):
        return None
    return (
        f"The run ends {percent(float(depths[-1]))} below its peak (max drawdown {percent(float(depths.max()))}): "
        "this drawdown is not over."
    )
