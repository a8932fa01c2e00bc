# file: core/report/training/charts/net.py
"""Summed net returns of the models over time, the test windows marked."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.portfolio.isotime import from_iso
from tradingbot.core.report.charts.figure import Figure, millis, plain, thin
from tradingbot.core.report.training.record import Curve, TrainedFold
from tradingbot.core.report.validation.charts.days import dated

__all__ = ["net_chart"]

_TRADED = {"color": "@gain", "width": 2.5}
_OTHERS = (("@loss", "dash"), ("@muted", "dot"), ("@ink", "dashdot"))


def net_chart(curves: Sequence[Curve], folds: Sequence[TrainedFold]) -> Figure:
    """Return a line for each model: the last, which is traded, drawn through, each other with dashes of its own."""
    lines = [_line(curve, _look(place, len(curves))) for place, curve in enumerate(curves)]
    layout = {
        "yaxis": {"title": {"text": "Summed net return"}, "tickformat": ".1%", "zeroline": True},
        "shapes": [_window(fold) for fold in folds if fold.number % 2],
        "showlegend": True,
    }
    return {"data": lines, "layout": layout}


def _look(place: int, count: int) -> dict[str, object]:
    if place == count - 1:
        return _TRADED
    colour, dash = _OTHERS[place % len(_OTHERS)]
    return {"color": colour, "width": 1.75, "dash": dash}


def _line(curve: Curve, look: dict[str, object]) -> Figure:
    ts, total = dated(curve.days, curve.total)
    stamps, values = thin(ts, total, total, total)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": curve.name,
        "x": millis(stamps),
        "y": plain(values),
        "line": look,
        "hovertemplate": "%{y:+.2%}",
    }


def _window(fold: TrainedFold) -> Figure:
    place = {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    edges = {"x0": from_iso(fold.test_start) // 1_000_000, "x1": from_iso(fold.test_end) // 1_000_000}
    return place | edges | {"fillcolor": "@shade", "line": {"width": 0}}
