# file: core/report/training/charts/importance.py
"""Bars of what shuffling each feature costs, the dearest at the top."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.report.charts.figure import Figure
from tradingbot.core.report.training.record import Importance

__all__ = ["importance_chart", "importance_height", "ranked"]

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
