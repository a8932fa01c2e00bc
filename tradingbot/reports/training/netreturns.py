# file: reports/training/netreturns.py
"""Simulated P&L net of costs: what following the models out of fold would have earned, day by day."""

from __future__ import annotations

from tradingbot.core.time import from_iso
from tradingbot.learning.training.record import Curve, TrainedFold, TrainingRecord
from tradingbot.reports.charts import Figure, dated_series, downsample, frame, millis, plain
from tradingbot.reports.markup import Html, card, tag
from tradingbot.reports.training.wording import labelled_models

_TRADED = {"color": "@gain", "width": 2.5}
_OTHERS = (("@loss", "dash"), ("@muted", "dot"), ("@ink", "dashdot"))


def net_returns_chart(record: TrainingRecord) -> Figure:
    """Return a line for each model's curve: that of the traded one drawn through, each other with dashes of its own."""
    titles = {one.name: title for title, one in labelled_models(record)}
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
    ts, total = dated_series(curve.days, curve.total)
    stamps, values = downsample(ts, total, total, total)
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


_TITLE = "Followed, net of costs"
_NOTE = (
    "The sum of net returns by the day a trade ended in, one unit a trade, over the test windows of all folds. Fees"
    " and spread are taken off. It is no account: impact, funding, size and the desk's rules come with the engine."
)


def net_returns(record: TrainingRecord) -> Html:
    """Return the chart, or that nobody would have traded."""
    curves = [curve for curve in record.curves if curve.total]
    if not curves:
        return card(_TITLE, tag("p", "There is no curve to draw.", class_="note"), anchor="net")
    idle = [curve.name for curve in curves if not any(curve.total)]
    if len(idle) == len(curves):
        return card(
            _TITLE, tag("p", "Whoever followed a model would not have traded once.", class_="note"), anchor="net"
        )
    said = tag("p", f"Without a single trade: {', '.join(idle)}.", class_="aside") if idle else None
    drawn = frame(net_returns_chart(record), "Summed net returns by model", 340)
    return card(_TITLE, drawn, said, note=_NOTE, anchor="net")
