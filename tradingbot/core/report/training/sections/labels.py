# file: core/report/training/sections/labels.py
"""How often each answer was the right one in the rows that were learned from."""

from __future__ import annotations

from tradingbot.core.report.charts.figure import frame
from tradingbot.core.report.markup import Html, card, table, tag
from tradingbot.core.report.phrase import number
from tradingbot.core.report.training.charts.classes import classes_chart
from tradingbot.core.report.training.record import TrainingRecord
from tradingbot.core.report.training.wording import classes, share

__all__ = ["labels"]

_NOTES = {
    "direction": "Up is a row where only a long paid after costs, down one where only a short did. Neither teaches no"
    " side: no trade or both paid; such rows are not fitted but are traded by a follower, and cost what they cost.",
    "meta": "An entry of the strategy pays when it earned more than its costs.",
}


def labels(record: TrainingRecord) -> Html:
    """Return the balance of the classes."""
    if not record.origin.rows:
        return card("Labels", tag("p", "There was no row to learn from.", class_="note"), anchor="labels")
    found = classes(record)
    rows = [[name.capitalize(), number(count, 0), share(count, record)] for name, count in found]
    written = table([("Label", ""), ("Rows", "num"), ("Share", "num")], rows, "Labels")
    drawn = frame(classes_chart(found), "Share of each label", 150)
    return card("Labels", drawn, written, note=_NOTES[record.origin.target], anchor="labels")
