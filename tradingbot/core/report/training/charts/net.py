# file: core/report/training/charts/net.py
"""Summed net returns of the models over time, the test windows marked."""

from __future__ import annotations

from tradingbot.core.portfolio.isotime import from_iso
from tradingbot.core.report.charts.figure import Figure, millis, plain, thin
from tradingbot.core.report.training.record import Curve, TrainedFold, TrainingRecord
from tradingbot.core.report.training.wording import marked
from tradingbot.core.report.validation.charts.days import dated

__all__ = ["net_chart"]

_TRADED = {"color": "@gain", "width": 2.5}
_OTHERS = (("@loss", "dash"), ("@muted", "dot"), ("@ink", "dashdot"))


def net_chart(record: TrainingRecord) -> Figure:
    """Return a line for each model's curve: that of the traded one drawn through, each other with dashes of its own."""
    titles = {one.name: title for title, one in marked(record)}
    traded = record.scores[-1].name if record.scores else ""
    looks = (_other(place) for place in range(len(record.curves)))
    lines = [
        _line(curve, titles.get(curve.name, curve.name), _TRADED if curve.name == traded else next(looks))
        for curve in record.curves
    ]
    layout = {
        "yaxis": {"title": {"text": "Summed net return"}, "tickformat": ".1%", "zeroline": True},
        "shapes": [_window(fold) for fold in record.folds if fold.number % 2],
        "annotations": [_number(fold) for fold in record.folds],
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": -0.12, "yanchor": "top", "font": {"color": "@soft"}},
    }
    return {"data": lines, "layout": layout}


def _other(place: int) -> dict[str, object]:
    colour, dash = _OTHERS[place % len(_OTHERS)]
    return {"color": colour, "width": 1.75, "dash": dash}


def _line(curve: Curve, title: str, look: dict[str, object]) -> Figure:
    ts, total = dated(curve.days, curve.total)
    stamps, values = thin(ts, total, total, total)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": title,
        "x": millis(stamps),
        "y": plain(values),
        "line": look,
        "hovertemplate": "%{y:+.2%}",
    }


def _window(fold: TrainedFold) -> Figure:
    place = {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    edges = {"x0": from_iso(fold.test_start) // 1_000_000, "x1": from_iso(fold.test_end) // 1_000_000}
    return place | edges | {"fillcolor": "@shade", "line": {"width": 0}}


def _number(fold: TrainedFold) -> Figure:
    place = {"x": from_iso(fold.test_start) // 1_000_000, "y": 1, "yref": "paper", "yanchor": "bottom"}
    font = {"color": "@soft", "size": 11}
    return place | {"xanchor": "left", "showarrow": False, "text": f"fold {fold.number}", "font": font}
