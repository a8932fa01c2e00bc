# file: core/report/training/charts/classes.py
"""The share of each label as one bar."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.report.charts.figure import Figure
from tradingbot.core.report.phrase import percent

__all__ = ["classes_chart"]

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
