# file: core/report/warnings/resolution.py
"""Warn about parameters finer than the data can resolve."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

from tradingbot.core.report.facts import Facts
from tradingbot.core.report.phrase import duration, number, price
from tradingbot.core.report.reading import Found, holding

__all__ = ["short_holding", "stop_near_resolution", "target_near_resolution"]

_FEW_TICKS = 5


def stop_near_resolution(result: Found, facts: Facts) -> str | None:
    """Warn about stops within five ticks or one bar's typical range."""
    return _near("stop", facts.stop_distance, facts)


def target_near_resolution(result: Found, facts: Facts) -> str | None:
    """Warn about targets within five ticks or one bar's typical range."""
    return _near("target", facts.target_distance, facts)


def short_holding(result: Found, facts: Facts) -> str | None:
    """Warn that half of the trades last about one bar."""
    if not result["trades"]:
        return None
    typical = median(holding(trade) for trade in result["trades"])
    if typical > 1.5 * facts.bar_ns:
        return None
    return (
        f"Half of the trades last {duration(typical)} or less, about one bar ({result['bar']}): "
        "use shorter bars to see what happens within."
    )


def _near(what: str, distances: Mapping[str, float], facts: Facts) -> str | None:
    for instrument, distance in sorted(distances.items()):
        tick, usual = facts.tick.get(instrument, 0.0), facts.bar_range.get(instrument, 0.0)
        if tick and distance <= _FEW_TICKS * tick:
            return (
                f"The median {what} of {instrument} is {number(distance / tick, 0)} price steps away: "
                "at that grain spread and rounding decide."
            )
        if distance <= usual:
            return (
                f"The median {what} of {instrument} is {price(distance)} away, one bar usually spans {price(usual)}: "
                "these bars cannot tell what was hit first."
            )
    return None
