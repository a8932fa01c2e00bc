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

from tradingbot.core.messages.formatting import NONE, number, percent
from tradingbot.core.messages.smallsample import weakness
from tradingbot.core.validation.record import Answer
from tradingbot.learning.training.record import Calibration, Curve, ModelScore, Strengths, TrainingRecord
from tradingbot.reports.backtest.terminal import sparkline
from tradingbot.reports.training.assessment import assess
from tradingbot.reports.training.wording import (
    date_range,
    label_classes,
    labelled_models,
    row_share,
    score_cells,
    strength_thresholds,
)
from tradingbot.reports.validation.wording import capitalised, sign_and_word

_COLOURS: dict[Answer, str] = {"pass": "cyan", "fail": "dark_orange", "unsettled": "grey62"}
_HEADS = ("AUC", "Log loss", "Brier", "Trades", "Net bp", "Profit f.", "Sharpe")
_WIDTH = 100
_FEATURES = 5


def screen(record: TrainingRecord, paths: Mapping[str, str] | None = None) -> RenderableType:
    """Return the summary of `record` for rich to print.

    `paths` are the files written, by what they are, such as `{"html": "report.html"}`.
    """
    parts: list[RenderableType] = [_title(record), _judged(record), _scores(record), _found(record)]
    parts += [Text(f"! {line}", style="yellow") for line in record.cautions]
    parts += [Text(f"{name}: {path}", overflow="fold") for name, path in (paths or {}).items()]
    parts.append(
        Text("Next: ", style="dim").append(f"tradingbot validate {record.origin.config}", style="not dim bold")
    )
    return Group(*parts)


def _title(record: TrainingRecord) -> Table:
    origin = record.origin
    name = Text(record.candidate, style="not dim bold")
    if origin.synthetic:
        name.append("  SYNTHETIC MARKET", style="not dim bold yellow")
    rows = ", ".join(f"{row_share(count, record)} {word}" for word, count in label_classes(record))
    title = Table.grid()
    title.add_column(no_wrap=True, overflow="ellipsis", style="dim")
    title.add_row(name)
    if origin.instruments:
        title.add_row(Text(", ".join(origin.instruments)))
    title.add_row(Text(f"{origin.lane}, {origin.bar} bars, {date_range(origin.start, origin.end)}, {_cost(record)}"))
    title.add_row(Text(f"{number(origin.rows, 0)} rows ({rows}), {number(origin.features, 0)} features"))
    return title


def _cost(record: TrainingRecord) -> str:
    return f"a round trip costs {number(record.origin.cost * 1e4, 1)} bp"


def _judged(record: TrainingRecord) -> Panel:
    found = assess(record)
    lines = [Text(found.lead, style="bold"), *(Text(f"- {capitalised(line)}") for line in found.reasons)]
    title = f"[bold]{sign_and_word(found.answer)[0]} {found.word}[/bold]"
    return Panel(Group(*lines), title=title, title_align="left", border_style=_COLOURS[found.answer], width=_WIDTH)


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


def _found(record: TrainingRecord) -> Table:
    lines = Table.grid(padding=(0, 2, 0, 0))
    lines.add_column(style="dim", no_wrap=True)
    lines.add_column(max_width=_WIDTH - 12)
    for title, said in (
        ("Net", _net(record.curves)),
        ("Strengths", Text(_strengths(record.strengths))),
        ("Coverage", Text(_coverage(record.calibration))),
        ("Features", Text(_features(record))),
        ("Search", Text(_search(record))),
    ):
        if said:
            lines.add_row(title, said)
    return lines


def _net(curves: Sequence[Curve]) -> Text:
    drawn = [one for one in curves if one.total]
    if not drawn:
        return Text()
    said = ", ".join(f"{one.name} {percent(one.total[-1], 1, sign=True)}" for one in reversed(drawn))
    line = sparkline(np.array(drawn[-1].total, dtype=np.float64), 28)
    return Text(line, style="blue").append(f"  {said}, one unit a trade", style="default")


def _strengths(found: Strengths) -> str:
    steps = strength_thresholds(found)
    if not steps:
        return "none is ever reached: the model abstains always"
    return ", ".join(f"{name} from {percent(least)}" for name, least in steps) + " sure"


def _coverage(found: Calibration) -> str:
    realised = percent(found.realised_coverage)
    return f"promised {percent(found.promised_coverage)}, realised {realised}; abstained on {percent(found.abstained)}"


def _features(record: TrainingRecord) -> str:
    top = [f"{one.feature} {number(one.rise, 4, sign=True)}" for one in record.importance[:_FEATURES]]
    return ", ".join(top) or NONE


def _search(record: TrainingRecord) -> str:
    values = [one.value for one in record.trials if one.value is not None]
    counted = f"{number(record.trials_recorded, 0)} counted in the ledger"
    if not record.trials:
        return f"no setting was searched; {counted}"
    return f"{number(len(record.trials), 0)} settings, best net Sharpe {number(max(values, default=None))}; {counted}"
