# file: core/report/training/sections/importance.py
"""What the model looks at."""

from __future__ import annotations

from tradingbot.core.report.charts.figure import frame
from tradingbot.core.report.markup import Html, card, table, tag
from tradingbot.core.report.phrase import number
from tradingbot.core.report.training.charts.importance import importance_chart, importance_height, ranked
from tradingbot.core.report.training.record import Importance, TrainingRecord

__all__ = ["importance"]

_TITLE = "What the model looks at"
_NOTE = (
    "By how much the log loss rises on rows no fit had seen when a feature's values change places. A feature whose bar"
    " of two standard errors reaches nought is not told from noise; below nought the model would do better without it."
    " Features that resemble each other stand in for each other and look weaker than they are."
)


def importance(record: TrainingRecord) -> Html:
    """Return the bars with every number below, or that nothing was explained."""
    found = ranked(record.importance)
    if not found:
        return card(_TITLE, tag("p", "No feature was looked into.", class_="note"), anchor="importance")
    drawn = frame(importance_chart(found), "Importance of features", importance_height(found))
    heads = [("Feature", ""), ("Rise of log loss", "num"), ("Standard error", "num"), ("", "")]
    numbers = table(heads, [_row(one) for one in found], "Importance of features")
    summary = tag("summary", f"All {number(len(found), 0)} numbers")
    return card(_TITLE, drawn, tag("details", summary, numbers), note=_NOTE, anchor="importance")


def _row(one: Importance) -> list[str]:
    told = "told from noise" if one.rise > 2 * one.error else ""
    return [one.feature, number(one.rise, 5, sign=True), number(one.error, 5), told]
