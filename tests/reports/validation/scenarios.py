# file: tests/reports/validation/scenarios.py
"""The stories the samples tell, and the criteria as each story answers them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tradingbot.core.validation.record import Answer, Criterion


@dataclass(frozen=True)
class Tale:
    """What the variants differ in."""

    value: Any
    reason: str
    reasons: tuple[str, ...]
    settle: tuple[str, ...]
    sharpe: float
    trades: int
    adjusted_p: float
    factor: float
    looser: bool = False


TALES = {
    "pass": Tale(
        "PASS",
        "All 7 criteria, 6 shocks, 2 regimes and the moved parameters hold",
        (
            "Sharpe 3.12 is at least 2.00, and so is its whole 95 % interval",
            "the luckiest of 214 worthless trials looks this good with p 0.004",
        ),
        (),
        3.12,
        1104,
        0.004,
        1.94,
    ),
    "fail": Tale(
        "FAIL",
        "Profit factor 1.08 misses 1.50, and its interval ends at 1.31",
        (
            "profit factor 1.08 misses 1.50, and its interval ends at 1.31",
            "deepest fall 18.4 % is past 15.0 %",
            "slippage x4 loses money",
            "61 % of the moves make money, 90 % must",
        ),
        (),
        0.42,
        961,
        0.612,
        1.08,
        looser=True,
    ),
    "insufficient": Tale(
        "INSUFFICIENT_EVIDENCE",
        "318 effective trades of 500, and Sharpe 2.24 could be 1.31",
        ("318 effective trades, 500 must be there", "the interval of Sharpe 2.24 begins at 1.31, below 2.00"),
        ("About 182 more independent trades, or 7 more months like these", "20 trials fewer would not help: p 0.031"),
        2.24,
        540,
        0.031,
        1.61,
    ),
}


def criteria(tale: Tale) -> tuple[Criterion, ...]:
    effective = round(tale.trades * 0.59, 1)
    fall, p, sharpe = 0.184 if tale.value == "FAIL" else 0.094, tale.adjusted_p, tale.sharpe

    def one(name: str, title: str, unit: Any, value: float, limit: float, at_least: bool, **more: Any) -> Criterion:
        holds = value >= limit if at_least else value <= limit
        edge = more.get("high" if at_least != holds else "low")
        clear = edge is None or (edge >= limit) == (holds == at_least)
        answer: Answer = "unsettled" if not clear else "pass" if holds else "fail"
        found = {"own_limit": limit, "answer": answer, "why": f"{title} is what it says."} | more
        return Criterion(name=name, title=title, unit=unit, value=value, limit=limit, at_least=at_least, **found)

    return (
        one("trades", "Trades", "count", tale.trades, 500, True, why="Fewer say too little about any rate."),
        one(
            "effective_trades",
            "Effective trades",
            "count",
            effective,
            500,
            True,
            answer="pass" if effective >= 500 else "unsettled",
            why="Trades that overlap or resemble each other count as one.",
        ),
        one(
            "sharpe",
            "Sharpe ratio",
            "",
            sharpe,
            1.0 if tale.looser else 2.0,
            True,
            own_limit=2.0,
            looser=tale.looser,
            low=round(sharpe - 0.93, 2),
            high=round(sharpe + 0.93, 2),
            power=0.63,
            power_at=3.0,
            why="Yearly, from daily returns after costs.",
        ),
        one(
            "profit_factor",
            "Profit factor",
            "",
            tale.factor,
            1.5,
            True,
            low=round(tale.factor * 0.83, 2),
            high=round(tale.factor * 1.21, 2),
            power=0.48,
            power_at=1.8,
            why="Winners' profit over losers' loss.",
        ),
        one(
            "max_drawdown",
            "Deepest fall",
            "share",
            fall,
            0.15,
            False,
            low=fall * 0.7,
            high=fall * 1.5,
            power=0.81,
            power_at=0.1,
            answer="fail" if fall > 0.15 else "pass",
            why="From the last peak, marked to market.",
        ),
        one(
            "cvar",
            "Bad day (CVaR 5 %)",
            "share",
            0.0213,
            0.025,
            False,
            own_limit=0.03,
            low=0.017,
            high=0.0248,
            why="Mean loss on the worst 5 % of days.",
        ),
        one(
            "adjusted_p",
            "Corrected p-value",
            "p",
            p,
            0.05,
            False,
            answer="pass" if p <= 0.05 else "fail",
            power=0.77,
            why="How often the luckiest of all trials on record looks as good.",
        ),
    )
