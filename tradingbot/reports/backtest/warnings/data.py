# file: reports/backtest/warnings/data.py
"""Data warnings: funding missing, zero or in the wrong unit; bars missing; a period other than the requested one."""

from __future__ import annotations

from tradingbot.core.market.funding import HIGHEST
from tradingbot.core.messages.formatting import number, percent, when
from tradingbot.core.runtime.period import period_sentence, unused_sentence
from tradingbot.core.runtime.result import FundingFacts, WarningFacts
from tradingbot.core.time import to_iso
from tradingbot.reports.backtest.reader import JsonObject

_SHOWN = 2


def missing_funding(_result: JsonObject, facts: WarningFacts) -> str | None:
    """Warn about settlements that were due in the run and are not in the data: no position paid or received them."""
    lacking = {name: one for name, one in facts.funding.items() if one.missing}
    if not lacking:
        return None
    worst = sorted(lacking.items(), key=lambda item: (-item[1].held_missing, -item[1].missing / item[1].due, item[0]))
    parts = [_gap(name, one) for name, one in worst[:_SHOWN]]
    parts += [f"{len(worst) - _SHOWN} more instruments lack some"] if len(worst) > _SHOWN else []
    held = sum(one.held for one in facts.funding.values())
    missing = sum(one.held_missing for one in lacking.values())
    share = f" ({percent(missing / held)})" if missing else ""
    return (
        f"Funding is missing: {'; '.join(parts)}. Of the {number(held, 0)} that fell while a position was open "
        f"{number(missing, 0)}{share} were not charged: the net profit is without them."
    )


def _gap(name: str, one: FundingFacts) -> str:
    lacks = f"{name} lacks {number(one.missing, 0)} of {number(one.due, 0)} settlements"
    period = f"from {when(to_iso(one.first))} to {when(to_iso(one.last))}"
    return f"{lacks} ({percent(one.missing / one.due)}), {period}"


def stale_marks(_result: JsonObject, facts: WarningFacts) -> str | None:
    """Warn that settlements were priced at the last price, because no mark price of their time is in the data."""
    stale = {name: one for name, one in facts.funding.items() if one.unmarked}
    if not stale:
        return None
    count = sum(one.unmarked for one in stale.values())
    return (
        f"{_of_settled(count, stale, 'settlements')} were priced at the last price: the mark prices begin late, end"
        " early or have holes there (a mark counts for one bar)."
    )


def zero_funding(_result: JsonObject, facts: WarningFacts) -> str | None:
    """Warn that rates are zero where venues charge something: holes that somebody filled are free like missing rows."""
    zeros = {name: one for name, one in facts.funding.items() if one.zero}
    if not zeros:
        return None
    count, held = sum(one.zero for one in zeros.values()), sum(one.held_zero for one in zeros.values())
    return (
        f"{_of_settled(count, zeros, 'funding rates')} are zero, {number(held, 0)} of them while a position was open:"
        " if holes were filled with zeros, the net profit is without their funding."
    )


def _of_settled(count: int, some: dict[str, FundingFacts], what: str) -> str:
    settled = sum(one.due - one.missing for one in some.values())
    return f"{number(count, 0)} of {number(settled, 0)} {what} ({percent(count / settled)}) of {', '.join(some)}"


def wrong_unit(_result: JsonObject, facts: WarningFacts) -> str | None:
    """Warn that the rates are too large to be fractions."""
    large = {name: one.median_rate for name, one in facts.funding.items() if one.median_rate > HIGHEST}
    if not large:
        return None
    return (
        f"The funding rates of {', '.join(large)} have a median of {percent(max(large.values()), 2)} in eight hours,"
        " usual are 0.01 %: if they are percentages, delete them and import them with --unit percent."
    )


def period_shortened(result: JsonObject, _facts: WarningFacts) -> str | None:
    """Warn that data begins after the requested period does, or ends before it."""
    return period_sentence(result["coverage"], result["start"], result["end"])


def real_spread_unused(result: JsonObject, _facts: WarningFacts) -> str | None:
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


def missing_bars(_result: JsonObject, facts: WarningFacts) -> str | None:
    """Warn about stretches within the run without bars though the market was open."""
    if not facts.holes:
        return None
    first, bars = max(facts.holes, key=lambda hole: hole.bars), sum(hole.bars for hole in facts.holes)
    others = len(facts.holes) - 1
    more = f", and in {others} more stretches, {number(bars, 0)} bars in all" if others else ""
    since, until = when(to_iso(first.start)), when(to_iso(first.end))
    return (
        f"{first.instrument} lacks {number(first.bars, 0)} bars between {since} and {until}{more}: "
        "nothing could be traded then."
    )
