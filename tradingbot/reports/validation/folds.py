# file: reports/validation/folds.py
"""Walk-forward folds and combinatorial cross-validation paths: windows, chosen parameters, Sharpe in and out."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from tradingbot.core.messages.formatting import NONE, number, percent
from tradingbot.core.time import from_iso
from tradingbot.core.validation.record import Fold, ValidationRecord
from tradingbot.reports.charts import Figure, frame, sharpe_bars, value_bars
from tradingbot.reports.markup import Html, card, details, numeric, remark, table, tag
from tradingbot.reports.validation.wording import STATS_HEADS, STATS_NOTE, stats_cells

_WIDTH, _HEIGHT = 150, 14
_TITLE = "Walk-forward folds"
_TRAINED = (
    "Each fold chooses on its training window alone and is then tested on the next. Purged are training trades still "
    "open when the test began. A test far below its training is the mark of overfitting."
)
_UNTRAINED = (
    "Nothing is trained, so the folds are windows of one run: they show whether the result is spread over time."
)


def folds(record: ValidationRecord) -> Html:
    """Return the fold table and its bars, or that there was no fold; without the training where nothing is trained."""
    if not record.folds:
        return card(_TITLE, remark("There was no fold."), anchor="folds")
    trained = any(fold.chosen or fold.in_sample_sharpe is not None for fold in record.folds)
    known = any(fold.test.sharpe is not None or fold.in_sample_sharpe is not None for fold in record.folds)
    bars = frame(_fold_bars(record.folds), "Sharpe in and out of sample by fold", 280) if known else None
    if trained:
        heads = [("Fold", ""), ("Training, then test", ""), *numeric("Purged", "Tried"), ("Chosen", "words")]
        heads += [*numeric("Sharpe in", "Sharpe out"), *(head for head in STATS_HEADS if head[0] != "Sharpe")]
        rows = [_row(fold, record.folds) for fold in record.folds]
    else:
        heads = [("Fold", ""), ("Tested", ""), *STATS_HEADS]
        rows = [[str(fold.number), _tested(fold), *stats_cells(fold.test)] for fold in record.folds]
    note = f"{_TRAINED if trained else _UNTRAINED} {STATS_NOTE}"
    return card(_TITLE, bars, table(heads, rows, "Folds"), note=note, anchor="folds")


def _fold_bars(folds: Sequence[Fold]) -> Figure:
    names = [f"fold {fold.number}" for fold in folds]
    inside = [fold.in_sample_sharpe for fold in folds]
    traces = [value_bars([fold.test.sharpe for fold in folds], names, "Out of sample")]
    if any(value is not None for value in inside):
        traces.insert(0, value_bars(inside, names, "In sample", "@ink", marker={"color": "@dull"}))
    return sharpe_bars(traces, barmode="group", showlegend=len(traces) > 1)


def _row(fold: Fold, folds: Sequence[Fold]) -> list[str]:
    trades, net, realised, sharpe, *rest = stats_cells(fold.test)
    trained = f"{fold.train_start[:10]} to {fold.train_end[:10]}"
    times = tag("span", trained, tag("br"), tag("strong", _tested(fold)), class_="why")
    chosen = ", ".join(f"{name} = {value}" for name, value in sorted(fold.chosen.items()))
    return [
        *(str(fold.number), tag("span", _windows(fold, folds), times)),
        *(number(fold.purged, 0), number(fold.candidates, 0), tag("code", chosen) if chosen else NONE),
        *(number(fold.in_sample_sharpe), tag("strong", sharpe), trades, net, realised, *rest),
    ]


def _windows(fold: Fold, folds: Sequence[Fold]) -> Html:
    # Training and test on the time scale that all folds share.
    start = min(from_iso(one.train_start) for one in folds)
    span = max(1, max(from_iso(one.test_end) for one in folds) - start)
    windows = (("train", fold.train_start, fold.train_end), ("test", fold.test_start, fold.test_end))
    parts = [tag("rect", x="0", y="6", width=str(_WIDTH), height="2", class_="track")]
    for kind, left, right in windows:
        at, end = ((from_iso(edge) - start) / span * _WIDTH for edge in (left, right))
        width = f"{max(end - at, 1):.1f}"
        parts.append(tag("rect", x=f"{at:.1f}", y="3", width=width, height="8", rx="2", class_=kind))
    box = f"0 0 {_WIDTH} {_HEIGHT}"
    return tag("svg", *parts, class_="windows", viewBox=box, role="img", aria_label="training, then test")


def _tested(fold: Fold) -> str:
    return f"{fold.test_start[:10]} to {fold.test_end[:10]}"


def paths(record: ValidationRecord) -> list[Html]:
    """Return the paths of the combinatorial purged cross-validation; nothing without."""
    if not record.paths:
        return []
    rows = [
        [
            *(str(path.number), number(path.sharpe)),
            *(percent(path.total_return, 1, sign=True), percent(path.max_drawdown)),
        ]
        for path in record.paths
    ]
    heads = [("Path", ""), *numeric("Sharpe", "Return", "Max drawdown")]
    sharpes, names = [path.sharpe for path in record.paths], [f"path {path.number}" for path in record.paths]
    known = [value for value in sharpes if value is not None]
    chart = frame(sharpe_bars([value_bars(sharpes, names)]), "Sharpe by path", 250) if known else None
    middle = f" The median Sharpe ratio is {number(median(known))}." if known else ""
    note = f"{len(rows)} whole histories, each put together from test groups that the model had not seen.{middle}"
    written = details("All paths", table(heads, rows, "Paths"))
    return [card("Combinatorial purged cross-validation", chart, written, note=note)]
