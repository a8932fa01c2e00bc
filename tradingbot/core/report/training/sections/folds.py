# file: core/report/training/sections/folds.py
"""The walk forward fold by fold: what each learned from, and how it fared on what came next."""

from __future__ import annotations

from tradingbot.core.messages.smallsample import weakness
from tradingbot.core.report.charts.figure import frame
from tradingbot.core.report.markup import Html, card, greyed, signed, table, tag
from tradingbot.core.report.phrase import number, percent
from tradingbot.core.report.training.charts.folds import folds_chart
from tradingbot.core.report.training.record import TrainedFold, TrainingRecord
from tradingbot.core.report.training.wording import FEW, dates, ratio, since

__all__ = ["folds"]

_TITLE = "Fold by fold"
_NOTE = (
    "Each fold searches, fits and calibrates on its training window alone and is then asked about the next. Purged are"
    " training rows whose labels reached into the test. " + FEW
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
    trained, tested = dates(fold.train_start, fold.train_end), dates(fold.test_start, fold.test_end)
    gap = None if fold.auc is None or fold.baseline_auc is None else fold.auc - fold.baseline_auc
    steps = since(fold.strengths)
    return [
        str(fold.number),
        tag("span", trained, tag("br"), tag("strong", tested), class_="why"),
        number(fold.rows, 0),
        number(fold.purged, 0),
        number(fold.tested, 0),
        tag("strong", ratio(fold.auc)),
        ratio(fold.baseline_auc),
        signed(gap, number(gap, 3, sign=True)),
        greyed(signed(fold.sharpe, number(fold.sharpe)), weakness(fold.unreliable, "sharpe")),
        percent(steps[0][1]) if steps else "abstains",
    ]
