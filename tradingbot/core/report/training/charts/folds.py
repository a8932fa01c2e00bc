# file: core/report/training/charts/folds.py
"""How well model and baseline told the classes apart in each fold, against a coin."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.report.charts.figure import Figure
from tradingbot.core.report.training.record import TrainedFold

__all__ = ["folds_chart"]

_COIN = 0.5


def folds_chart(folds: Sequence[TrainedFold]) -> Figure:
    """Return two marks a fold, joined by a line in the colour of the better one; the dashed line is a coin."""
    names = [f"fold {fold.number}" for fold in folds]
    base, model = [fold.baseline_auc for fold in folds], [fold.auc for fold in folds]
    traces = [
        *_joints(folds),
        _marks("Baseline", names, base, {"color": "@muted", "symbol": "diamond", "size": 10}),
        _marks("Model", names, model, {"color": "@gain", "symbol": "circle", "size": 11}),
    ]
    layout = {
        "hovermode": "closest",
        "xaxis": {"type": "category"},
        "yaxis": {"title": {"text": "AUC"}, "tickformat": ".2f", "range": _range([*base, *model])},
        "shapes": [_coin()],
        "annotations": [_called()],
        "showlegend": True,
    }
    return {"data": traces, "layout": layout}


def _joints(folds: Sequence[TrainedFold]) -> list[Figure]:
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [f"fold {fold.number}"] * 2,
            "y": [round(fold.baseline_auc, 4), round(fold.auc, 4)],
            "line": {"color": "@gain" if fold.auc >= fold.baseline_auc else "@loss", "width": 3},
            "hoverinfo": "skip",
            "showlegend": False,
        }
        for fold in folds
        if fold.auc is not None and fold.baseline_auc is not None
    ]


def _marks(name: str, names: list[str], values: list[float | None], marker: dict[str, object]) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": names,
        "y": [None if value is None else round(value, 4) for value in values],
        "marker": marker | {"line": {"color": "@paper", "width": 1}},
        "hovertemplate": f"{name}, %{{x}}: %{{y:.3f}}<extra></extra>",
    }


def _coin() -> Figure:
    dashed = {"color": "@soft", "width": 1.5, "dash": "dash"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": _COIN, "y1": _COIN, "line": dashed}


def _called() -> Figure:
    place = {"xref": "paper", "x": 1, "xanchor": "right", "y": _COIN, "yanchor": "bottom", "showarrow": False}
    return place | {"text": "a coin", "font": {"color": "@soft", "size": 11}}


def _range(values: list[float | None]) -> list[float]:
    known = [_COIN, *(value for value in values if value is not None)]
    low, high = min(known), max(known)
    room = max(0.15 * (high - low), 0.01)
    return [round(low - room, 4), round(high + room, 4)]
