# file: core/report/sections/happenings.py
"""What happened to the lane while it traded: kills, resumes, withdrawals, silences."""

from __future__ import annotations

from tradingbot.core.report.markup import Html, card, table
from tradingbot.core.report.phrase import when
from tradingbot.core.report.reading import Found

__all__ = ["happenings"]


def happenings(result: Found) -> list[Html]:
    """Return the table of the lane's events in the order of time; nothing when there were none."""
    if not result["events"]:
        return []
    rows = [[when(item["time"]), item["kind"], item["sentence"]] for item in result["events"]]
    heads = [("Time, UTC", ""), ("Event", ""), ("What", "words")]
    return [card("Events of the lane", table(heads, rows, "Events"))]
