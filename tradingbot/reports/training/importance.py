# file: reports/training/importance.py
"""Permutation importance of the features, as bars and as a table."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.messages.formatting import number
from tradingbot.learning.training.record import Importance, TrainingRecord
from tradingbot.reports.charts import Figure, frame
from tradingbot.reports.markup import Html, card, table, tag

_MOST = 20


def ranked(found: Sequence[Importance]) -> list[Importance]:
    """Return the features, the one whose loss hurts most first."""
    return sorted(found, key=lambda one: (-one.rise, one.feature))


def importance_chart(found: Sequence[Importance]) -> Figure:
    """Return the first twenty bars, each with two standard errors to both sides."""
    shown = found[:_MOST]
    errors = {"type": "data", "array": [round(2 * one.error, 6) for one in shown]}
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": [one.feature for one in shown],
        "x": [round(one.rise, 6) for one in shown],
        "error_x": errors | {"color": "@ink", "thickness": 1.25, "width": 3},
        "marker": {"color": ["@gain" if one.rise >= 0 else "@loss" for one in shown], "opacity": 0.55},
        "hovertemplate": "%{y}: %{x:+.5f}<extra></extra>",
    }
    across = {"type": "linear", "title": {"text": "Rise of log loss"}, "showgrid": True, "zeroline": True}
    upward = {"type": "category", "autorange": "reversed", "showgrid": False}
    return {
        "data": [bars],
        "layout": {"showlegend": False, "hovermode": "closest", "bargap": 0.35, "xaxis": across, "yaxis": upward},
    }


def importance_height(found: Sequence[Importance]) -> int:
    """Return the height in pixels that leaves every bar its line."""
    return 100 + 24 * min(len(found), _MOST)


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
