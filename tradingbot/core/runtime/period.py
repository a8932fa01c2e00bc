# file: core/runtime/period.py
"""Period coverage: which period was asked for, which was run, and whose data made the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tradingbot.core.market.calendars.coverage import Coverage
from tradingbot.core.messages.formatting import number, when
from tradingbot.core.time import to_iso

_MOST = 3


def coverage_dict(coverage: Coverage) -> dict[str, object]:
    """Return a coverage as JSON holds it."""
    return {
        "asked_start": None if coverage.asked_start is None else to_iso(coverage.asked_start),
        "asked_end": None if coverage.asked_end is None else to_iso(coverage.asked_end),
        "shortfalls": [asdict(item) | {"at": to_iso(item.at)} for item in coverage.shortfalls],
        "unused": [asdict(item) | {"start": to_iso(item.start), "end": to_iso(item.end)} for item in coverage.unused],
    }


def requested_period(coverage: Mapping[str, Any]) -> str:
    """Return the period asked for."""
    start, end = coverage["asked_start"], coverage["asked_end"]
    if start is None:
        return "all there is" if end is None else f"all until {when(end)}"
    return f"all from {when(start)}" if end is None else f"{when(start)} to {when(end)}"


def requested_if_different(coverage: Mapping[str, Any], start: str, end: str) -> str:
    """Return the period asked for where the run, `start` to `end`, is not exactly that; empty where it is."""
    same = coverage.get("asked_start") in (None, start) and coverage.get("asked_end") in (None, end)
    return "" if same and not coverage.get("shortfalls") else requested_period(coverage)


def period_sentence(coverage: Mapping[str, Any], start: str, end: str) -> str | None:
    """Return what was asked for, what was run instead, `start` to `end`, and which data cut it; None where none did."""
    groups: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for item in coverage["shortfalls"]:
        groups.setdefault((item["instrument"], item["edge"], item["at"]), []).append(item)
    if not groups:
        return None
    cuts = [
        f"the {' and '.join(item['series'] for item in group)} of {instrument} "
        f"{'begin' if edge == 'start' else 'end'} at {when(at)}, {number(group[0]['bars'], 0)} missing"
        for (instrument, edge, at), group in groups.items()
    ]
    named = "; ".join(cuts[:_MOST]) + (f"; and {len(cuts) - _MOST} more" if len(cuts) > _MOST else "")
    return f"Asked for {requested_period(coverage)}, run from {when(start)} to {when(end)} UTC: {named}."


def coverage_sentences(coverage: Coverage, start: int, end: int) -> list[str]:
    """Return what there is to say of a run from `start` to `end`, UTC ns, that was asked for otherwise."""
    facts = coverage_dict(coverage)
    sentences = (period_sentence(facts, to_iso(start), to_iso(end)), unused_sentence(facts))
    return [sentence for sentence in sentences if sentence is not None]


def unused_sentence(coverage: Mapping[str, Any]) -> str | None:
    """Return which preferred bars a run is not on, since they cover less of its period; None without any."""
    unused = coverage["unused"]
    if not unused:
        return None
    first, more = unused[0], f" (and of {len(unused) - 1} more)" if len(unused) > 1 else ""
    return (
        f"The {first['series']} of {first['instrument']}{more} cover only {when(first['start'])} to "
        f"{when(first['end'])} and are not used, the run is on bars that cover more of the period: "
        "set start and end within that time to run on them."
    )
