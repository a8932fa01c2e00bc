# file: core/report/training/charts/trials.py
"""The value of each trial of the search by its number, and the best so far."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.report.charts.figure import Figure
from tradingbot.core.report.training.record import SearchTrial

__all__ = ["trials_chart"]


def trials_chart(trials: Sequence[SearchTrial]) -> Figure:
    """Return a dot for each trial that has a value, and a staircase through the best so far."""
    known = [(one.number, one.value) for one in sorted(trials, key=lambda one: one.number) if one.value is not None]
    numbers, values = [number for number, _ in known], [round(value, 4) for _, value in known]
    best = [max(values[: place + 1]) for place in range(len(values))]
    stairs = {
        "type": "scatter",
        "mode": "lines",
        "name": "Best so far",
        "x": numbers,
        "y": best,
        "line": {"color": "@loss", "width": 2, "shape": "hv", "dash": "dash"},
        "hoverinfo": "skip",
    }
    dots = {
        "type": "scatter",
        "mode": "markers",
        "name": "Trial",
        "x": numbers,
        "y": values,
        "marker": {"color": "@gain", "size": 8, "line": {"color": "@paper", "width": 1}},
        "hovertemplate": "trial %{x}: %{y:.2f}<extra></extra>",
    }
    layout = {
        "hovermode": "closest",
        "xaxis": {"type": "linear", "title": {"text": "trial"}, "tickformat": "d"},
        "yaxis": {"title": {"text": "Net Sharpe"}, "zeroline": True},
        "showlegend": True,
    }
    return {"data": [stairs, dots], "layout": layout}
