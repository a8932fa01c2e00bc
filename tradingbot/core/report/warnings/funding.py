# file: core/report/warnings/funding.py
"""Warn that a perpetual's funding was not charged, or not as the venue would have."""

from __future__ import annotations

from tradingbot.core.market.rateunits import HIGHEST
from tradingbot.core.portfolio.isotime import to_iso
from tradingbot.core.report.facts import Facts
from tradingbot.core.report.phrase import number, percent, when
from tradingbot.core.report.reading import Found

__all__ = ["missing_funding", "stale_marks", "wrong_unit", "zero_funding"]

_SHOWN = 2


def missing_funding(result: Found, facts: Facts) -> str | None:
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


def stale_marks(result: Found, facts: Facts) -> str | None:
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


def zero_funding(result: Found, facts: Facts) -> str | None:
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


def wrong_unit(result: Found, facts: Facts) -> str | None:
    """Warn that the rates are too large to be fractions."""
    found = [name for name, one in facts.funding.items() if one.median_rate > HIGHEST]
    if not found:
        return None
    largest = max(facts.funding[name].median_rate for name in found)
    return (
        f"The funding rates of {', '.join(found)} have a median of {percent(largest, 2)} in eight hours, usual are "
        "0.01 %: if they are percentages, delete them and import them with --unit percent."
    )
