# file: core/report/validation/charts/reordering.py
"""How deep the same trades could have fallen in another order."""

from __future__ import annotations

from tradingbot.core.report.charts.figure import Figure
from tradingbot.core.report.phrase import number, percent
from tradingbot.core.report.validation.charts.fan import level
from tradingbot.core.report.validation.record import Reordering

__all__ = ["reordering_chart"]


def reordering_chart(found: Reordering) -> Figure:
    """Return the quantiles of the deepest fall as bars, the one that happened as a dashed line across."""
    names = sorted(found.quantiles, key=level)
    values = [found.quantiles[name] for name in names]
    bars = {
        "type": "bar",
        "x": [f"{number(level(name), 0)} %" for name in names],
        "y": [round(value, 6) for value in values],
        "text": [percent(value) for value in values],
        "textposition": "inside",
        "insidetextanchor": "start",
        "textangle": 0,
        "textfont": {"color": "@ink", "size": 12},
        "cliponaxis": False,
        "marker": {"color": "@lossbar", "line": {"color": "@loss", "width": 1}},
        "hovertemplate": "%{x} of the orders fall no deeper than %{y:.1%}",
        "name": "",
    }
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": found.observed, "y1": found.observed}
    line |= {"line": {"color": "@ink", "width": 1.5, "dash": "dash"}}
    note = {"xref": "paper", "x": 0, "xanchor": "left", "y": found.observed, "yanchor": "bottom", "showarrow": False}
    note |= {
        "text": f"as it happened {percent(found.observed)}",
        "font": {"color": "@ink", "size": 12},
        "bgcolor": "@paper",
    }
    top = max([found.observed, *values, 0.01]) * 1.18
    axes = {
        "xaxis": {"type": "category", "title": {"text": "Share of the orders"}},
        "yaxis": {"tickformat": ".0%", "range": [0, round(top, 6)]},
    }
    layout = {"showlegend": False, "hovermode": "closest", "bargap": 0.45, "shapes": [line], "annotations": [note]}
    return {"data": [bars], "layout": layout | axes}
