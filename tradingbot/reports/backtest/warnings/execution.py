# file: reports/backtest/warnings/execution.py
"""Execution warnings: refused intents, liquidation, fills outside the session, stops finer than the data, costs."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

from tradingbot.core.execution.record import AGAINST_ORDERS
from tradingbot.core.messages.formatting import amount, duration, number, percent, price, when
from tradingbot.core.runtime.decisions import refused_share_warning
from tradingbot.core.runtime.result import WarningFacts
from tradingbot.reports.backtest.reader import JsonObject, holding_time


def outside_session(_result: JsonObject, facts: WarningFacts) -> str | None:
    """Warn about fills while the venue was closed."""
    if not facts.fills_outside_session:
        return None
    return (
        f"{number(facts.fills_outside_session, 0)} of {number(facts.fills, 0)} fills fell outside the venue's session: "
        "a real venue would not have filled them."
    )


def liquidated(result: JsonObject, _facts: WarningFacts) -> str | None:
    """Warn that the venue closed a position because of missing margin."""
    forced = [trade for trade in result["trades"] if trade["exit_reason"] == "liquidation"]
    if not forced:
        return None
    times = "once" if len(forced) == 1 else f"{len(forced)} times"
    return (
        f"The venue liquidated a position {times}, first in {forced[0]['instrument']}: size or leverage was too high."
    )


def orders_refused(result: JsonObject, _facts: WarningFacts) -> str | None:
    """Warn that the venue refused stops, targets or exits, or ended a stop without a fill."""
    against = [item for item in result["events"] if item["kind"] in AGAINST_ORDERS]
    if not against:
        return None
    what = "A stop or an order was" if len(against) == 1 else f"Stops or orders were {number(len(against), 0)} times"
    first = against[0]
    return f"{what} refused or lost, first on {when(first['time'])}: {first['sentence']}."


def refused_or_cut(result: JsonObject, _facts: WarningFacts) -> str | None:
    """Warn that a twentieth of the intents or more was refused or cut, so that another strategy was tested."""
    return refused_share_warning(result["intents"])


_FEW_TICKS = 5


def stop_near_resolution(_result: JsonObject, facts: WarningFacts) -> str | None:
    """Warn about stops within five ticks or one bar's typical range."""
    return _near("stop", facts.stop_distance, facts)


def target_near_resolution(_result: JsonObject, facts: WarningFacts) -> str | None:
    """Warn about targets within five ticks or one bar's typical range."""
    return _near("target", facts.target_distance, facts)


def short_holding(result: JsonObject, facts: WarningFacts) -> str | None:
    """Warn that half of the trades last about one bar."""
    if not result["trades"]:
        return None
    typical = median(holding_time(trade) for trade in result["trades"])
    if typical > 1.5 * facts.bar_ns:
        return None
    return (
        f"Half of the trades last {duration(typical)} or less, about one bar ({result['bar']}): "
        "use shorter bars to see what happens within."
    )


def _near(what: str, distances: Mapping[str, float], facts: WarningFacts) -> str | None:
    for instrument, distance in sorted(distances.items()):
        tick, usual = facts.tick.get(instrument, 0.0), facts.bar_range.get(instrument, 0.0)
        if tick and distance <= _FEW_TICKS * tick:
            return (
                f"The median {what} of {instrument} is {number(distance / tick, 0)} price steps away: "
                "at that resolution spread and rounding decide."
            )
        if distance <= usual:
            return (
                f"The median {what} of {instrument} is {price(distance)} away, one bar usually spans {price(usual)}: "
                "these bars cannot tell what was hit first."
            )
    return None


def costs_eat_edge(result: JsonObject, _facts: WarningFacts) -> str | None:
    """Warn that there is no profit even before costs, or that costs take more than half of it."""
    parts, currency = result["costs"], result["currency"]
    if not result["trades"]:
        return None
    before = parts["before_costs"]
    if before <= 0:
        return f"Even before costs the trades made {amount(before, currency, sign=True)}: there is no gross edge."
    paid = before - parts["net"]
    if paid <= before / 2:
        return None
    effect = "and turn it into a loss" if paid > before else "and leave little room for error"
    return (
        f"Costs take {percent(paid / before, 0)} of the {amount(before, currency)} made before costs "
        f"(fees {amount(parts['fees'], currency)}, slippage {amount(parts['slippage'], currency)}, "
        f"funding {amount(parts['funding'], currency, sign=True)}) {effect}."
    )
