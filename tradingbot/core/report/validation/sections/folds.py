# file: core/report/validation/sections/folds.py
"""The walk-forward fold by fold, and the paths of the combinatorial cross-validation where there are any."""

from __future__ import annotations

from statistics import median

from tradingbot.core.report.charts.figure import frame
from tradingbot.core.report.markup import Html, card, table, tag
from tradingbot.core.report.phrase import NONE, number, percent, when
from tradingbot.core.report.validation.charts.bars import fold_bars, path_bars
from tradingbot.core.report.validation.charts.windows import windows
from tradingbot.core.report.validation.record import Fold, ValidationRecord
from tradingbot.core.report.validation.sections.manner import HEADS, manner

__all__ = ["folds", "paths"]

_NOTE = (
    "Each fold chooses on its training window alone and is then tested on the next. Purged are training trades still "
    "open when the test began. A test far below its training is the mark of overfitting."
)


def folds(record: ValidationRecord) -> Html:
    """Return the fold table and its bars, or that there was no fold."""
    found = record.folds
    if not found:
        return card("Fold by fold", tag("p", "There was no fold.", class_="note"), anchor="folds")
    heads = [("Fold", ""), ("Trained, then tested", ""), ("Purged", "num"), ("Tried", "num"), ("Chosen", "words")]
    heads += [("Sharpe in", "num"), ("Sharpe out", "num"), *(head for head in HEADS if head[0] != "Sharpe")]
    rows = [_row(fold, found) for fold in found]
    known = any(fold.test.sharpe is not None or fold.in_sample_sharpe is not None for fold in found)
    bars = frame(fold_bars(found), "Sharpe in and out of sample by fold", 280) if known else None
    return card("Fold by fold", bars, table(heads, rows, "Folds"), note=_NOTE, anchor="folds")


def paths(record: ValidationRecord) -> list[Html]:
    """Return the paths of the combinatorial purged cross-validation; nothing without."""
    found = record.paths
    if not found:
        return []
    heads = [("Path", ""), ("Sharpe", "num"), ("Return", "num"), ("Deepest fall", "num")]
    rows = [
        [
            str(path.number),
            number(path.sharpe),
            percent(path.total_return, 1, sign=True),
            percent(path.max_drawdown),
        ]
        for path in found
    ]
    more = tag("details", tag("summary", "All paths"), table(heads, rows, "Paths"))
    sharpes = [path.sharpe for path in found if path.sharpe is not None]
    chart = frame(path_bars(found), "Sharpe by path", 250) if sharpes else None
    middle = f" Half of them reach a Sharpe ratio of {number(median(sharpes))}." if sharpes else ""
    note = f"{len(found)} whole histories, each put together from test groups that the model had not seen.{middle}"
    return [card("Combinatorial purged cross-validation", chart, more, note=note)]


def _row(fold: Fold, found: tuple[Fold, ...]) -> list[str]:
    trades, net, sharpe, *rest = manner(fold.test)
    return [
        str(fold.number),
        tag("span", windows(fold, found), tag("span", *_times(fold), class_="why")),
        number(fold.purged, 0),
        number(fold.candidates, 0),
        _chosen(fold),
        number(fold.in_sample_sharpe),
        tag("strong", sharpe),
        trades,
        net,
        *rest,
    ]


def _times(fold: Fold) -> list[str]:
    start, middle, tested, end = (
        when(edge)[:10] for edge in (fold.train_start, fold.train_end, fold.test_start, fold.test_end)
    )
    return [f"{start} to {middle}", tag("br"), tag("strong", f"{tested} to {end}")]


def _chosen(fold: Fold) -> str:
    if not fold.chosen:
        return NONE
    return tag("code", ", ".join(f"{name} = {value}" for name, value in sorted(fold.chosen.items())))
