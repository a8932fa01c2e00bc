# file: core/report/validation/charts/growth.py
"""The pooled out-of-sample path, each test window shaded so that one sees which fold made what."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.portfolio.daily import Floats, Ints
from tradingbot.core.portfolio.isotime import from_iso
from tradingbot.core.report.charts.figure import Figure, millis, plain, thin
from tradingbot.core.report.validation.record import Fold

__all__ = ["growth_chart"]


def growth_chart(ts: Ints, growth: Floats, folds: Sequence[Fold]) -> Figure:
    """Return the chart of `growth` (of one unit, at `ts`, int64 ns) over the test windows of `folds`."""
    stamps, values = thin(ts, growth, growth, growth)
    line = {
        "type": "scatter",
        "mode": "lines",
        "name": "Out of sample",
        "x": millis(stamps),
        "y": plain(values),
        "line": {"color": "@gain", "width": 2},
        "hovertemplate": "%{y:.3f}",
    }
    layout = {
        "showlegend": False,
        "yaxis": {"title": {"text": "Growth of 1"}, "tickformat": ".2f"},
        "shapes": [_level(), *(_window(fold) for fold in folds if fold.number % 2)],
        "annotations": [_number(fold) for fold in folds],
    }
    return {"data": [line], "layout": layout}


def _level() -> Figure:
    dotted = {"color": "@muted", "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 1, "y1": 1, "line": dotted}


def _window(fold: Fold) -> Figure:
    place = {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    edges = {"x0": from_iso(fold.test_start) // 1_000_000, "x1": from_iso(fold.test_end) // 1_000_000}
    return place | edges | {"fillcolor": "@shade", "line": {"width": 0}}


def _number(fold: Fold) -> Figure:
    # At the left edge of the window: at the right one of the last lies the bar of buttons.
    place = {"x": from_iso(fold.test_start) // 1_000_000, "y": 1, "yref": "paper", "yanchor": "bottom"}
    font = {"color": "@soft", "size": 11}
    return place | {"xanchor": "left", "showarrow": False, "text": f"fold {fold.number}", "font": font}
