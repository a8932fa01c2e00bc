# file: core/report/validation/sections/folds.py
"""The walk-forward fold by fold: what training chose and promised, and what the test then gave."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.report.charts.figure import frame
from tradingbot.core.report.markup import Html, card, table, tag
from tradingbot.core.report.phrase import NONE, number, when
from tradingbot.core.report.validation.charts.bars import fold_bars
from tradingbot.core.report.validation.charts.windows import windows
from tradingbot.core.report.validation.record import Fold, ValidationRecord
from tradingbot.core.report.validation.sections.manner import HEADS, WEAK, manner

__all__ = ["folds"]

_TITLE = "Fold by fold"
_TRAINED = (
    "Each fold chooses on its training window alone and is then tested on the next. Purged are training trades still "
    "open when the test began. A test far below its training is the mark of overfitting."
)
_UNTRAINED = (
    "Nothing is trained, so the folds are windows of one run: they show whether the result is spread over time."
)


def folds(record: ValidationRecord) -> Html:
    """Return the fold table and its bars, or that there was no fold; without the training where nothing is trained."""
    found = record.folds
    if not found:
        return card(_TITLE, tag("p", "There was no fold.", class_="note"), anchor="folds")
    known = any(fold.test.sharpe is not None or fold.in_sample_sharpe is not None for fold in found)
    bars = frame(fold_bars(found), "Sharpe in and out of sample by fold", 280) if known else None
    trained = any(fold.chosen or fold.in_sample_sharpe is not None for fold in found)
    written = _trained(found) if trained else _untrained(found)
    return card(_TITLE, bars, written, note=f"{_TRAINED if trained else _UNTRAINED} {WEAK}", anchor="folds")


def _trained(found: Sequence[Fold]) -> Html:
    heads = [("Fold", ""), ("Trained, then tested", ""), ("Purged", "num"), ("Tried", "num"), ("Chosen", "words")]
    heads += [("Sharpe in", "num"), ("Sharpe out", "num"), *(head for head in HEADS if head[0] != "Sharpe")]
    return table(heads, [_row(fold, found) for fold in found], "Folds")


def _untrained(found: Sequence[Fold]) -> Html:
    heads = [("Fold", ""), ("Tested", ""), *HEADS]
    return table(heads, [[str(fold.number), _span(fold, "test"), *manner(fold.test)] for fold in found], "Folds")


def _row(fold: Fold, found: Sequence[Fold]) -> list[str]:
    trades, net, realised, sharpe, *rest = manner(fold.test)
    times = tag("span", _span(fold, "train"), tag("br"), tag("strong", _span(fold, "test")), class_="why")
    return [
        str(fold.number),
        tag("span", windows(fold, found), times),
        number(fold.purged, 0),
        number(fold.candidates, 0),
        _chosen(fold),
        number(fold.in_sample_sharpe),
        tag("strong", sharpe),
        trades,
        net,
        realised,
        *rest,
    ]


def _span(fold: Fold, kind: str) -> str:
    start, end = (fold.train_start, fold.train_end) if kind == "train" else (fold.test_start, fold.test_end)
    return f"{when(start)[:10]} to {when(end)[:10]}"


def _chosen(fold: Fold) -> str:
    if not fold.chosen:
        return NONE
    return tag("code", ", ".join(f"{name} = {value}" for name, value in sorted(fold.chosen.items())))
