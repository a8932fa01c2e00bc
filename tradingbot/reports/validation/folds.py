# file: reports/validation/folds.py
"""Walk-forward folds and combinatorial cross-validation paths: train and test windows, what was chosen, what the test
gave.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from tradingbot.core.messages.formatting import NONE, number, percent, when
from tradingbot.core.time import from_iso
from tradingbot.core.validation.record import Fold, ValidationRecord
from tradingbot.reports.charts import frame
from tradingbot.reports.markup import Html, card, table, tag
from tradingbot.reports.validation.bars import fold_bars, path_bars
from tradingbot.reports.validation.wording import STATS_HEADS, STATS_NOTE, stats_cells

_WIDTH, _HEIGHT = 150, 14


def fold_windows(fold: Fold, folds: Sequence[Fold]) -> Html:
    """Return training and test of `fold` on the time scale that all `folds` share."""
    start = min(from_iso(one.train_start) for one in folds)
    span = max(1, max(from_iso(one.test_end) for one in folds) - start)

    def strip(kind: str, left: str, right: str) -> Html:
        at, end = ((from_iso(edge) - start) / span * _WIDTH for edge in (left, right))
        return tag("rect", x=f"{at:.1f}", y="3", width=f"{max(end - at, 1):.1f}", height="8", rx="2", class_=kind)

    parts = [strip("train", fold.train_start, fold.train_end), strip("test", fold.test_start, fold.test_end)]
    track = tag("rect", x="0", y="6", width=str(_WIDTH), height="2", class_="track")
    box = f"0 0 {_WIDTH} {_HEIGHT}"
    return tag("svg", track, *parts, class_="windows", viewBox=box, role="img", aria_label="training, then test")


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
    return card(_TITLE, bars, written, note=f"{_TRAINED if trained else _UNTRAINED} {STATS_NOTE}", anchor="folds")


def _trained(found: Sequence[Fold]) -> Html:
    heads = [("Fold", ""), ("Trained, then tested", ""), ("Purged", "num"), ("Tried", "num"), ("Chosen", "words")]
    heads += [("Sharpe in", "num"), ("Sharpe out", "num"), *(head for head in STATS_HEADS if head[0] != "Sharpe")]
    return table(heads, [_row(fold, found) for fold in found], "Folds")


def _untrained(found: Sequence[Fold]) -> Html:
    heads = [("Fold", ""), ("Tested", ""), *STATS_HEADS]
    return table(heads, [[str(fold.number), _span(fold, "test"), *stats_cells(fold.test)] for fold in found], "Folds")


def _row(fold: Fold, found: Sequence[Fold]) -> list[str]:
    trades, net, realised, sharpe, *rest = stats_cells(fold.test)
    times = tag("span", _span(fold, "train"), tag("br"), tag("strong", _span(fold, "test")), class_="why")
    return [
        str(fold.number),
        tag("span", fold_windows(fold, found), times),
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
