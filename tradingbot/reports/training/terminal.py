# file: reports/training/terminal.py
"""Terminal summary of a training: data, model comparison, files and the next step on 100 columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from tradingbot.core.messages.formatting import NONE, capitalised, number, percent
from tradingbot.core.messages.smallsample import weakness
from tradingbot.learning.training.record import Curve, ModelScore, TrainingRecord
from tradingbot.reports.answers import STYLES
from tradingbot.reports.charts import sparkline
from tradingbot.reports.screen import WIDTH, file_lines, labelled, title_lines, warning_lines
from tradingbot.reports.training.assessment import assess
from tradingbot.reports.training.wording import (
    date_range,
    label_classes,
    labelled_models,
    row_share,
    score_cells,
    strength_thresholds,
)

_HEADS = ("AUC", "Log loss", "Brier", "Trades", "Net bp", "Profit f.", "Sharpe")
_FEATURES = 5


def screen(record: TrainingRecord, paths: Mapping[str, str] | None = None) -> RenderableType:
    """Return the summary of `record` and where its files are, `paths` by what they are."""
    command = Text("Next: ", style="dim").append(f"tradingbot validate {record.origin.config}", style="not dim bold")
    parts: list[RenderableType] = [
        _title(record),
        _assessment(record),
        _scores(record),
        labelled(_summary(record), WIDTH - 12),
    ]
    return Group(*parts, *warning_lines(record.cautions), *file_lines(paths), command)


def _title(record: TrainingRecord) -> Table:
    origin = record.origin
    rows = ", ".join(f"{row_share(count, record)} {word}" for word, count in label_classes(record))
    period, cost = date_range(origin.start, origin.end), f"a round trip costs {number(origin.cost * 1e4, 1)} bp"
    return title_lines(
        record.candidate,
        "SYNTHETIC MARKET" if origin.synthetic else "",
        ", ".join(origin.instruments),
        f"{origin.lane}, {origin.bar} bars, {period}, {cost}",
        f"{number(origin.rows, 0)} rows ({rows}), {number(origin.features, 0)} features",
    )


def _assessment(record: TrainingRecord) -> Panel:
    assessment = assess(record)
    style = STYLES[assessment.answer]
    lines = [Text(assessment.lead, style="bold"), *(Text(f"- {capitalised(line)}") for line in assessment.reasons)]
    title = f"[bold]{style.sign} {assessment.word}[/bold]"
    return Panel(Group(*lines), title=title, title_align="left", border_style=style.terminal, width=WIDTH)


def _scores(record: TrainingRecord) -> Padding:
    if not record.scores:
        return Padding(Text("Nothing was predicted out of fold."), (1, 0))
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("Out of fold", no_wrap=True, overflow="ellipsis")
    for head in _HEADS:
        table.add_column(head, justify="right", no_wrap=True)
    models = labelled_models(record)
    for place, (name, one) in enumerate(models):
        *cells, factor, sharpe = (cell.removesuffix(" bp") for cell in score_cells(one))
        weak = [_weak(one, "profit_factor", factor), _weak(one, "sharpe", sharpe)]
        table.add_row(Text(name), *map(Text, cells), *weak, style="bold" if place == len(models) - 1 else "")
    reasons = dict.fromkeys(item.reason for one in record.scores for item in one.unreliable)
    return Padding(Group(table, Text(f"* {'; '.join(reasons)}", style="dim")) if reasons else table, (1, 0))


def _weak(one: ModelScore, name: str, text: str) -> Text:
    return Text(f"{text}*", "not bold dim") if weakness(one.unreliable, name) else Text(text)


def _summary(record: TrainingRecord) -> list[tuple[str, str | Text]]:
    measured, steps = record.calibration, strength_thresholds(record.strengths)
    strengths = ", ".join(f"{name} from {percent(least)}" for name, least in steps)
    coverage = f"target {percent(measured.promised_coverage)}, realised {percent(measured.realised_coverage)}"
    features = [f"{one.feature} {number(one.rise, 4, sign=True)}" for one in record.importance[:_FEATURES]]
    values = [one.value for one in record.trials if one.value is not None]
    best = f"{number(len(record.trials), 0)} settings, best net Sharpe {number(max(values, default=None))}"
    ledger = f"{number(record.trials_recorded, 0)} counted in the ledger"
    return [
        ("Net P&L", _net(record.curves)),
        ("Strengths", strengths or "none is ever reached: the model never trades"),
        ("Coverage", f"{coverage}; abstained on {percent(measured.abstained)}"),
        ("Importance", ", ".join(features) or NONE),
        ("Search", f"{best if record.trials else 'no setting was searched'}; {ledger}"),
    ]


def _net(curves: Sequence[Curve]) -> Text:
    drawn = [one for one in curves if one.total]
    if not drawn:
        return Text()
    totals = ", ".join(f"{one.name} {percent(one.total[-1], 1, sign=True)}" for one in reversed(drawn))
    line = sparkline(np.array(drawn[-1].total, dtype=np.float64), 28)
    return Text(line, style="blue").append(f"  {totals}, one unit a trade", style="default")
