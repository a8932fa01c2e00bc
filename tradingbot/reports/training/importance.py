# file: reports/training/importance.py
"""Permutation importance of the features and the label distribution: what the model learns from, as bars and tables."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.messages.formatting import number, percent
from tradingbot.learning.training.record import Importance, TrainingRecord
from tradingbot.reports.charts import Figure, axis, figure, frame
from tradingbot.reports.markup import Html, card, details, numeric, remark, table
from tradingbot.reports.training.wording import label_classes, row_share

_MOST = 20
_IMPORTANCE = "Permutation importance"
_IMPORTANCE_NOTE = (
    "The rise of the log loss on out-of-fold rows when a feature's values are permuted, with two standard errors. A"
    " feature whose bar reaches zero is not significantly different from noise; below zero the model would do better"
    " without it. Correlated features stand in for each other and look weaker than they are."
)
_LABELS = "Label distribution"
_LABEL_NOTES = {
    "direction": "Up is a row where only a long trade paid after costs, down one where only a short one did, neither a"
    " row where no trade or both paid; such rows are not fitted, but trading the model on them costs what it costs.",
    "meta": "An entry of the strategy pays when it earned more than its costs.",
}
# Patterns as well as colours, so that nobody needs to see colours.
_LOOKS = (("@gain", ""), ("@loss", "/"), ("@dull", ""))


def ranked(features: Sequence[Importance]) -> list[Importance]:
    """Return the features, the one with the largest rise of the loss first."""
    return sorted(features, key=lambda one: (-one.rise, one.feature))


def importance(record: TrainingRecord) -> Html:
    """Return the bars with every number below, or that nothing was measured."""
    features = ranked(record.importance)
    if not features:
        return card(_IMPORTANCE, remark("No feature's importance was measured."), anchor="importance")
    drawn = frame(importance_chart(features), _IMPORTANCE, importance_height(features))
    rows = [
        [
            *(one.feature, number(one.rise, 5, sign=True), number(one.error, 5)),
            "significantly different from zero" if one.rise > 2 * one.error else "",
        ]
        for one in features
    ]
    heads = [("Feature", ""), *numeric("Rise of log loss", "Standard error"), ("", "")]
    numbers = details(f"All {number(len(features), 0)} numbers", table(heads, rows, _IMPORTANCE))
    return card(_IMPORTANCE, drawn, numbers, note=_IMPORTANCE_NOTE, anchor="importance")


def importance_chart(features: Sequence[Importance]) -> Figure:
    """Return the first twenty bars, each with two standard errors to both sides."""
    shown = features[:_MOST]
    errors = {"type": "data", "array": [round(2 * one.error, 6) for one in shown], "color": "@ink"}
    colours = ["@gain" if one.rise >= 0 else "@loss" for one in shown]
    bars: Figure = {"type": "bar", "orientation": "h", "hovertemplate": "%{y}: %{x:+.5f}<extra></extra>"}
    bars |= {"x": [round(one.rise, 6) for one in shown], "y": [one.feature for one in shown]}
    bars |= {"error_x": errors | {"thickness": 1.25, "width": 3}, "marker": {"color": colours, "opacity": 0.55}}
    across = axis("Rise of log loss", type="linear", showgrid=True, zeroline=True)
    upward = {"type": "category", "autorange": "reversed", "showgrid": False}
    return figure([bars], showlegend=False, bargap=0.35, xaxis=across, yaxis=upward)


def importance_height(features: Sequence[Importance]) -> int:
    """Return the height in pixels that leaves every bar its line."""
    return 100 + 24 * min(len(features), _MOST)


def labels(record: TrainingRecord) -> Html:
    """Return the balance of the classes, or that there were no labels."""
    if not record.origin.rows:
        return card(_LABELS, remark("There was no row to learn from."), anchor="labels")
    classes = label_classes(record)
    rows = [[name.capitalize(), number(count, 0), row_share(count, record)] for name, count in classes]
    written = table([("Label", ""), *numeric("Rows", "Share")], rows, "Labels")
    drawn = frame(classes_chart(classes), "Share of each label", 150)
    return card(_LABELS, drawn, written, note=_LABEL_NOTES[record.origin.target], anchor="labels")


def classes_chart(classes: Sequence[tuple[str, int]]) -> Figure:
    """Return one bar cut into the shares of the `classes`, each a name and its rows."""
    total = sum(count for _, count in classes) or 1
    traces = []
    for (name, count), (colour, shape) in zip(classes, _LOOKS, strict=True):
        pattern = {"shape": shape, "solidity": 0.2, "fgcolor": "@paper", "fillmode": "overlay"}
        bar: Figure = {"type": "bar", "orientation": "h", "y": [""], "x": [round(count / total, 5)]}
        bar |= {"name": f"{name} {percent(count / total)}", "marker": {"color": colour, "pattern": pattern}}
        traces.append(bar | {"hovertemplate": f"{name}: %{{x:.1%}}<extra></extra>"})
    legend = {"orientation": "h", "traceorder": "normal", "x": 0, "y": 1.02, "yanchor": "bottom"}
    return figure(
        traces,
        barmode="stack",
        bargap=0.1,
        showlegend=True,
        legend=legend | {"font": {"color": "@soft"}},
        xaxis={"type": "linear", "range": [0, 1], "tickformat": ".0%"},
        yaxis={"type": "category", "showticklabels": False},
    )
