# file: core/report/warnings/fills.py
"""Warn about intents that were not traded as they were meant, and executions that a live run would not repeat."""

from __future__ import annotations

from tradingbot.core.portfolio.happening import AGAINST_ORDERS
from tradingbot.core.report.facts import Facts
from tradingbot.core.report.intents import many_stopped
from tradingbot.core.report.phrase import number, when
from tradingbot.core.report.reading import Found

__all__ = ["liquidated", "orders_refused", "outside_session", "refused_or_cut"]


def outside_session(result: Found, facts: Facts) -> str | None:
    """Warn about fills while the venue was closed."""
    if not facts.fills_outside_session:
        return None
    return (
        f"{number(facts.fills_outside_session, 0)} of {number(facts.fills, 0)} fills fell outside the venue's session: "
        "a real venue would not have filled them."
    )


def liquidated(result: Found, facts: Facts) -> str | None:
    """Warn that the venue closed a position because the margin was gone."""
    forced = [trade for trade in result["trades"] if trade["exit_reason"] == "liquidation"]
    if not forced:
        return None
    times = "once" if len(forced) == 1 else f"{len(forced)} times"
    return (
        f"The venue liquidated a position {times}, first in {forced[0]['instrument']}: size or leverage was too high."
    )


def orders_refused(result: Found, facts: Facts) -> str | None:
    """Warn that stops, targets or exits are not where the strategy wanted them: the venue refused, or ended a stop."""
    against = [item for item in result["events"] if item["kind"] in AGAINST_ORDERS]
    if not against:
        return None
    what = "A stop or an order was" if len(against) == 1 else f"Stops or orders were {number(len(against), 0)} times"
    first = against[0]
    return f"{what} refused or lost, first on {when(first['time'])}: {first['sentence']}."


def refused_or_cut(result: Found, facts: Facts) -> str | None:
    """Warn that a twentieth of the intents or more was refused or cut, so that another strategy was tested."""
    return many_stopped(result["intents"])
