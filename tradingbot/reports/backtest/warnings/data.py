# file: reports/backtest/warnings/data.py
"""Data warnings: funding missing, zero or in the wrong unit; bars missing; a period that is not the one asked for."""

from __future__ import annotations

from tradingbot.core.market.funding import HIGHEST
from tradingbot.core.messages.formatting import number, percent, when
from tradingbot.core.runtime.period import period_sentence, unused_sentence
from tradingbot.core.runtime.result import WarningFacts
from tradingbot.core.time import to_iso
from tradingbot.reports.backtest.reader import JsonObject

_SHOWN = 2


def missing_funding(result: JsonObject, facts: WarningFacts) -> str | None:
    """Warn about settlements that were due in the run and are not in the data: no position paid or received them."""
    found = {name: one for name, one in facts.funding.items() if one.missing}
    if not found:
        return None
    worst = sorted(found, key=lambda name: (-found[name].held_missing, -found[name].missing / found[name].due, name))
    told = [
        f"{name} lacks {number(found[name].missing, 0)} of {number(found[name].due, 0)} settlements "
        f"({percent(found[name].missing / found[name].due)}), from {when(to_iso(found[name].first))} to "
        f"{when(to_iso(found[name].last))}"
        for name in worst[:_SHOWN]
    ]
    told += [f"{len(worst) - _SHOWN} more instruments lack some"] if len(worst) > _SHOWN else []
    held = sum(one.held for one in facts.funding.values())
    missing = sum(one.held_missing for one in found.values())
    share = f" ({percent(missing / held)})" if missing else ""
    return (
        f"Funding is missing: {'; '.join(told)}. Of the {number(held, 0)} that fell while a position was open "
        f"{number(missing, 0)}{share} were not charged: the net profit is without them."
    )


def stale_marks(result: JsonObject, facts: WarningFacts) -> str | None:
    """Warn that settlements were priced at the last price, because no mark price of their time is in the data."""
    found = {name: one for name, one in facts.funding.items() if one.unmarked}
    if not found:
        return None
    count = sum(one.unmarked for one in found.values())
    settled = sum(one.due - one.missing for one in found.values())
    return (
        f"{number(count, 0)} of {number(settled, 0)} settlements ({percent(count / settled)}) of {', '.join(found)} "
        "were priced at the last price: the mark prices begin late, end early or have holes there "
        "(a mark counts for one bar)."
    )


def zero_funding(result: JsonObject, facts: WarningFacts) -> str | None:
    """Warn that rates are zero where venues charge something: holes that somebody filled are free like missing rows."""
    found = {name: one for name, one in facts.funding.items() if one.zero}
    if not found:
        return None
    zero, held = sum(one.zero for one in found.values()), sum(one.held_zero for one in found.values())
    settled = sum(one.due - one.missing for one in found.values())
    return (
        f"{number(zero, 0)} of {number(settled, 0)} funding rates ({percent(zero / settled)}) of {', '.join(found)} "
        f"are zero, {number(held, 0)} of them while a position was open: if holes were filled with zeros, "
        "the net profit is without their funding."
    )


def wrong_unit(result: JsonObject, facts: WarningFacts) -> str | None:
    """Warn that the rates are too large to be fractions."""
    found = [name for name, one in facts.funding.items() if one.median_rate > HIGHEST]
    if not found:
        return None
    largest = max(facts.funding[name].median_rate for name in found)
    return (
        f"The funding rates of {', '.join(found)} have a median of {percent(largest, 2)} in eight hours, usual are "
        "0.01 %: if they are percentages, delete them and import them with --unit percent."
    )


def period_shortened(result: JsonObject, facts: WarningFacts) -> str | None:
    """Warn that data begins after the period asked for does, or ends before it."""
    return period_sentence(result["coverage"], result["start"], result["end"])


def real_spread_unused(result: JsonObject, facts: WarningFacts) -> str | None:
    """Warn that the run is on other bars than the preferred ones, since those cover less of the period."""
    return unused_sentence(result["coverage"])


def stopped(result: JsonObject, facts: WarningFacts) -> str | None:
    """Warn that a node was stopped before its data ended."""
    if facts.ends is None:
        return None
    return (
        f"Stopped at {when(result['end'])}, its data goes on to {when(to_iso(facts.ends))}: "
        "every number is of the time until then."
    )


def missing_bars(result: JsonObject, facts: WarningFacts) -> str | None:
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
