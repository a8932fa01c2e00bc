# file: core/report/warnings/period.py
"""Warn when a run is not of the period, or not of the prices, that were asked for."""

from __future__ import annotations

from tradingbot.core.portfolio.isotime import to_iso
from tradingbot.core.report.facts import Facts
from tradingbot.core.report.period import period_sentence, unused_sentence
from tradingbot.core.report.phrase import number, when
from tradingbot.core.report.reading import Found

__all__ = ["missing_bars", "period_shortened", "real_spread_unused", "stopped"]


def period_shortened(result: Found, facts: Facts) -> str | None:
    """Warn that data begins after the period asked for does, or ends before it."""
    return period_sentence(result["coverage"], result["start"], result["end"])


def real_spread_unused(result: Found, facts: Facts) -> str | None:
    """Warn that the run is on other bars than the preferred ones, since those cover less of the period."""
    return unused_sentence(result["coverage"])


def stopped(result: Found, facts: Facts) -> str | None:
    """Warn that a node was stopped before its data ended."""
    if facts.ends is None:
        return None
    return (
        f"Stopped at {when(result['end'])}, its data goes on to {when(to_iso(facts.ends))}: "
        "every number is of the time until then."
    )


def missing_bars(result: Found, facts: Facts) -> str | None:
    """Warn about stretches within the run without bars though the market was open."""
    holes = sorted(facts.holes, key=lambda hole: -hole.bars)
    if not holes:
        return None
    first, bars = holes[0], sum(hole.bars for hole in holes)
    more = f", and in {len(holes) - 1} more stretches, {number(bars, 0)} bars in all" if len(holes) > 1 else ""
    since, until = when(to_iso(first.start)), when(to_iso(first.end))
    return (
        f"{first.instrument} lacks {number(first.bars, 0)} bars between {since} and {until}{more}: "
        "nothing could be traded then."
    )
