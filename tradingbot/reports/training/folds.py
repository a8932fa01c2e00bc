# file: reports/training/folds.py
"""Walk-forward folds of a training: rows and scores of each, the AUC of model and baseline, simulated net P&L."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.messages.formatting import number, percent
from tradingbot.core.messages.smallsample import weakness
from tradingbot.learning.training.record import TrainedFold, TrainingRecord
from tradingbot.reports.charts import (
    ALL_AT_ONCE,
    Figure,
    axis,
    dated_series,
    figure,
    fold_windows,
    frame,
    level,
    rounded,
    scatter,
    time_line,
)
from tradingbot.reports.markup import Html, card, greyed, numeric, remark, signed, table, tag
from tradingbot.reports.training.wording import SMALL_SAMPLE_NOTE, date_range, labelled_models, strength_thresholds

_RANDOM = 0.5
_FOLDS = "Walk-forward folds"
_FOLDS_NOTE = (
    "Each fold searches, fits and calibrates on its training window alone and is tested on the next. Purged are"
    " training rows whose labels overlap the test window. " + SMALL_SAMPLE_NOTE
)
_HEADS = [
    *(("Fold", ""), ("Training, then test", "")),
    *numeric("Rows", "Purged", "Tested", "AUC", "Baseline", "Difference", "Net Sharpe", "Threshold"),
]
_NET = "Simulated P&L net of costs"
_NET_NOTE = (
    "The sum of net P&L by the day a trade ended in, one unit a trade, over the test windows of all folds. Fees and"
    " spread are taken off. It is no account: impact, funding, position sizing and the risk rules come with the engine."
)
_TRADED = {"color": "@gain", "width": 2.5}
_OTHERS = (("@loss", "dash"), ("@muted", "dot"), ("@ink", "dashdot"))


def folds(record: TrainingRecord) -> Html:
    """Return the table of the folds and its chart, or that there was none."""
    if not record.folds:
        return card(_FOLDS, remark("There was no fold."), anchor="folds")
    known = any(fold.auc is not None or fold.baseline_auc is not None for fold in record.folds)
    drawn = frame(folds_chart(record.folds), "AUC of model and baseline by fold", 280) if known else None
    written = table(_HEADS, [_row(fold) for fold in record.folds], "Folds")
    return card(_FOLDS, drawn, written, note=_FOLDS_NOTE, anchor="folds")


def _row(fold: TrainedFold) -> list[str]:
    trained, tested = date_range(fold.train_start, fold.train_end), date_range(fold.test_start, fold.test_end)
    gap = None if fold.auc is None or fold.baseline_auc is None else fold.auc - fold.baseline_auc
    steps = strength_thresholds(fold.strengths)
    return [
        *(str(fold.number), tag("span", trained, tag("br"), tag("strong", tested), class_="why")),
        *(number(count, 0) for count in (fold.rows, fold.purged, fold.tested)),
        *(tag("strong", number(fold.auc, 3)), number(fold.baseline_auc, 3), signed(gap, number(gap, 3, sign=True))),
        greyed(signed(fold.sharpe, number(fold.sharpe)), weakness(fold.unreliable, "sharpe")),
        percent(steps[0][1]) if steps else "no trades",
    ]


def folds_chart(folds: Sequence[TrainedFold]) -> Figure:
    """Return two marks a fold, joined by a line in the colour of the better one; the dashed line is random."""
    names = [f"fold {fold.number}" for fold in folds]
    base, model = rounded(fold.baseline_auc for fold in folds), rounded(fold.auc for fold in folds)
    joints = [
        scatter("", [name] * 2, [low, high], "", "lines", line=_joint(high >= low), showlegend=False)
        for name, low, high in zip(names, base, model, strict=True)
        if low is not None and high is not None
    ]
    known = [_RANDOM, *(value for value in (*base, *model) if value is not None)]
    room = max(0.15 * (max(known) - min(known)), 0.01)
    scale = [round(min(known) - room, 4), round(max(known) + room, 4)]
    return figure(
        [
            *joints,
            _marks("Baseline", names, base, "@muted", "diamond"),
            _marks("Model", names, model, "@gain", "circle"),
        ],
        xaxis={"type": "category"},
        yaxis=axis("AUC", tickformat=".2f", range=scale),
        showlegend=True,
        **level(_RANDOM, "random (0.5)"),
    )


def _joint(better: bool) -> Figure:
    return {"color": "@gain" if better else "@loss", "width": 3}


def _marks(name: str, names: Sequence[str], values: Sequence[float | None], colour: str, symbol: str) -> Figure:
    marker = {"color": colour, "symbol": symbol, "size": 11, "line": {"color": "@paper", "width": 1}}
    return scatter(name, names, values, f"{name}, %{{x}}: %{{y:.3f}}<extra></extra>", marker=marker)


def net_pnl(record: TrainingRecord) -> Html:
    """Return what trading the models out of fold would have earned, or that none would have traded."""
    curves = [curve for curve in record.curves if curve.total]
    idle = [curve.name for curve in curves if not any(curve.total)]
    if len(idle) == len(curves):
        text = "No model would have traded once." if curves else "There is no curve to draw."
        return card(_NET, remark(text), anchor="net")
    unused = tag("p", f"Without a single trade: {', '.join(idle)}.", class_="aside") if idle else None
    drawn = frame(net_pnl_chart(record), "Cumulative net P&L by model", 340)
    return card(_NET, drawn, unused, note=_NET_NOTE, anchor="net")


def net_pnl_chart(record: TrainingRecord) -> Figure:
    """Return a line for each model's curve: the traded one solid, each other with dashes of its own."""
    titles = {one.name: title for title, one in labelled_models(record)}
    traded = record.scores[-1].name if record.scores else ""
    lines: list[Figure] = []
    for curve in record.curves:
        dashed = sum("dash" in line["line"] for line in lines)
        colour, dash = _OTHERS[dashed % len(_OTHERS)]
        look = _TRADED if curve.name == traded else {"color": colour, "width": 1.75, "dash": dash}
        series = dated_series(curve.days, curve.total)
        lines.append(time_line(titles.get(curve.name, curve.name), *series, "%{y:+.2%}", line=look))
    return figure(
        lines,
        hovermode=ALL_AT_ONCE,
        yaxis=axis("Cumulative net P&L", tickformat=".1%", zeroline=True),
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": -0.12, "yanchor": "top", "font": {"color": "@soft"}},
        **fold_windows(record.folds),
    )
