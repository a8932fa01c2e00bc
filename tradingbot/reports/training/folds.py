# file: reports/training/folds.py
"""Walk-forward folds of a training: rows and scores of each, and the AUC of model and baseline by fold."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.messages.formatting import number, percent
from tradingbot.core.messages.smallsample import weakness
from tradingbot.learning.training.record import TrainedFold, TrainingRecord
from tradingbot.reports.charts import Figure, frame
from tradingbot.reports.markup import Html, card, greyed, signed, table, tag
from tradingbot.reports.training.wording import SMALL_SAMPLE_NOTE, date_range, score, strength_thresholds

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


_TITLE = "Fold by fold"
_NOTE = (
    "Each fold searches, fits and calibrates on its training window alone and is then asked about the next. Purged are"
    " training rows whose labels reached into the test. " + SMALL_SAMPLE_NOTE
)
_HEADS = [
    ("Fold", ""),
    ("Trained, then tested", ""),
    ("Rows", "num"),
    ("Purged", "num"),
    ("Tested", "num"),
    ("AUC", "num"),
    ("Baseline", "num"),
    ("Better by", "num"),
    ("Net Sharpe", "num"),
    ("Trades from", "num"),
]


def folds(record: TrainingRecord) -> Html:
    """Return the table and its chart, or that there was no fold."""
    found = record.folds
    if not found:
        return card(_TITLE, tag("p", "There was no fold.", class_="note"), anchor="folds")
    known = any(fold.auc is not None or fold.baseline_auc is not None for fold in found)
    drawn = frame(folds_chart(found), "AUC of model and baseline by fold", 280) if known else None
    return card(_TITLE, drawn, table(_HEADS, [_row(fold) for fold in found], "Folds"), note=_NOTE, anchor="folds")


def _row(fold: TrainedFold) -> list[str]:
    trained, tested = date_range(fold.train_start, fold.train_end), date_range(fold.test_start, fold.test_end)
    gap = None if fold.auc is None or fold.baseline_auc is None else fold.auc - fold.baseline_auc
    steps = strength_thresholds(fold.strengths)
    return [
        str(fold.number),
        tag("span", trained, tag("br"), tag("strong", tested), class_="why"),
        number(fold.rows, 0),
        number(fold.purged, 0),
        number(fold.tested, 0),
        tag("strong", score(fold.auc)),
        score(fold.baseline_auc),
        signed(gap, number(gap, 3, sign=True)),
        greyed(signed(fold.sharpe, number(fold.sharpe)), weakness(fold.unreliable, "sharpe")),
        percent(steps[0][1]) if steps else "abstains",
    ]
