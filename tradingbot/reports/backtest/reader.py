# file: reports/backtest/reader.py
"""Backtest result as its JSON: equity points, daily equity, holding times, winners, monthly P&L, small samples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.lane import Lane
from tradingbot.core.messages.smallsample import SmallSample
from tradingbot.core.portfolio.equity import EquityPoint, daily_equity, without_flows
from tradingbot.core.time import from_iso

JsonObject = Mapping[str, Any]


def equity_points(result: JsonObject) -> list[EquityPoint]:
    """Return the equity of the result."""
    return [EquityPoint(from_iso(point["time"]), Decimal(str(point["equity"]))) for point in result["equity"]]


def flow_adjusted_points(result: JsonObject) -> Sequence[EquityPoint]:
    """Return the equity without net deposits: what returns and drawdowns are measured on."""
    transfers = [(from_iso(item["time"]), Decimal(str(item["amount"]))) for item in result.get("transfers", ())]
    return without_flows(equity_points(result), transfers)


def daily(result: JsonObject) -> tuple[Ints, Floats]:
    """Return that equity per trading day of the result's lane, as `daily_equity` does."""
    return daily_equity(flow_adjusted_points(result), Lane(result["lane"]).days_per_year)


def small_samples(summary: JsonObject) -> dict[str, str]:
    """Return which numbers of the summary come from too few days or trades, and why, by name."""
    return {item["name"]: SmallSample(**item).reason for item in summary["unreliable"]}


def missing_risk_note(summary: JsonObject) -> str:
    """Return how many trades the expectancy in R leaves out because nobody knows their risk; empty where it has all."""
    left, trades = summary["trades_without_risk"], summary["trades"]
    return f"Expectancy in R leaves out {left:,} of {trades:,} trades, whose risk is not known." if left else ""


def holding_time(trade: JsonObject) -> int:
    """Return how long a closed trade was held, in nanoseconds."""
    return from_iso(trade["exit_time"]) - from_iso(trade["entry_time"])


def winners_and_losers(trades: Sequence[JsonObject]) -> tuple[list[JsonObject], list[JsonObject]]:
    """Return trades with a profit, and the others; one of exactly zero is no winner."""
    return [trade for trade in trades if trade["pnl"] > 0], [trade for trade in trades if trade["pnl"] <= 0]


def monthly_pnl(result: JsonObject) -> dict[str, float]:
    """Return the P&L of trades by the month they were closed in, `2024-03` to money, ascending."""
    months: defaultdict[str, float] = defaultdict(float)
    for trade in result["trades"]:
        months[trade["exit_time"][:7]] += trade["pnl"]
    return dict(sorted(months.items()))
