# file: reports/training/labels.py
"""Label distribution: the share of each class among the rows that were learned from."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.messages.formatting import number, percent
from tradingbot.learning.training.record import TrainingRecord
from tradingbot.reports.charts import Figure, frame
from tradingbot.reports.markup import Html, card, table, tag
from tradingbot.reports.training.wording import label_classes, row_share

# Patterns as well as colours, so that nobody needs to see colours.
_LOOKS = (("@gain", ""), ("@loss", "/"), ("@dull", ""))
_LEGEND = {
    "orientation": "h",
    "traceorder": "normal",
    "x": 0,
    "y": 1.02,
    "yanchor": "bottom",
    "font": {"color": "@soft"},
}


def classes_chart(classes: Sequence[tuple[str, int]]) -> Figure:
    """Return one bar cut into the shares of the `classes`, each a name and its rows."""
    total = sum(count for _, count in classes) or 1
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": f"{name} {percent(count / total)}",
            "y": [""],
            "x": [round(count / total, 5)],
            "marker": {
                "color": colour,
                "pattern": {"shape": shape, "solidity": 0.2, "fgcolor": "@paper", "fillmode": "overlay"},
            },
            "hovertemplate": f"{name}: %{{x:.1%}}<extra></extra>",
        }
        for (name, count), (colour, shape) in zip(classes, _LOOKS, strict=True)
    ]
    across = {"type": "linear", "range": [0, 1], "tickformat": ".0%"}
    layout = {
        "barmode": "stack",
        "hovermode": "closest",
        "showlegend": True,
        "legend": _LEGEND,
        "bargap": 0.1,
        "xaxis": across,
    }
    return {"data": traces, "layout": layout | {"yaxis": {"type": "category", "showticklabels": False}}}


_NOTES = {
    "direction": "Up is a row where only a long paid after costs, down one where only a short did. Neither teaches no"
    " side: no trade or both paid; such rows are not fitted but are traded by a follower, and cost what they cost.",
    "meta": "An entry of the strategy pays when it earned more than its costs.",
}


def labels(record: TrainingRecord) -> Html:
    """Return the balance of the classes."""
    if not record.origin.rows:
        return card("Labels", tag("p", "There was no row to learn from.", class_="note"), anchor="labels")
    found = label_classes(record)
    rows = [[name.capitalize(), number(count, 0), row_share(count, record)] for name, count in found]
    written = table([("Label", ""), ("Rows", "num"), ("Share", "num")], rows, "Labels")
    drawn = frame(classes_chart(found), "Share of each label", 150)
    return card("Labels", drawn, written, note=_NOTES[record.origin.target], anchor="labels")
