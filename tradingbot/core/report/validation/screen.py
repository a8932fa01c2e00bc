# file: core/report/validation/screen.py
"""Show a validation on a terminal of 100 columns: the verdict, the criteria, the stress runs, where the files are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from tradingbot.core.report.phrase import number, percent
from tradingbot.core.report.screen import sparkline
from tradingbot.core.report.validation.record import Answer, Criterion, ValidationRecord
from tradingbot.core.report.validation.sections.banner import ANSWERS
from tradingbot.core.report.validation.wording import bound, in_unit, interval, own_bound, signs

__all__ = ["screen"]

_COLOURS: dict[str, str] = {"pass": "cyan", "fail": "dark_orange", "unsettled": "grey62"}
_WIDTH = 100
_MOST = 4


class _Judged(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def answer(self) -> Answer: ...


def screen(record: ValidationRecord, paths: Mapping[str, str] | None = None) -> RenderableType:
    """Return the summary of `record` for rich to print.

    `paths` are the files written, by what they are, such as `{"html": "report.html"}`.
    """
    parts: list[RenderableType] = [_verdict(record), *_warnings(record)]
    if record.criteria:
        parts.append(Padding(_criteria(record.criteria), (1, 0)))
    parts += [_growth(record), *_stress(record), _trials(record)]
    parts += [Text(f"{name}: {path}", overflow="fold") for name, path in (paths or {}).items()]
    return Group(*parts)


def _verdict(record: ValidationRecord) -> Panel:
    colour = _COLOURS[ANSWERS[record.verdict.value]]
    lines = [Text(record.verdict.reason, style="bold")]
    lines += _some(record.verdict.reasons, "- ")
    if record.verdict.settle:
        lines += [Text("What would change it", style="dim"), *_some(record.verdict.settle, "- ")]
    sign = signs(ANSWERS[record.verdict.value])[0]  # type: ignore[arg-type]
    title = f"[bold]{sign} {record.verdict.value.replace('_', ' ')}[/bold]"
    name = Text(f"{record.candidate}, run {record.run}", overflow="ellipsis", no_wrap=True)
    return Panel(Group(*lines), title=title, title_align="left", subtitle=name, border_style=colour, width=_WIDTH)


def _some(lines: Sequence[str], before: str) -> list[Text]:
    shown = [Text(f"{before}{line}") for line in lines[:_MOST]]
    return [*shown, Text(f"{before}and {len(lines) - _MOST} more in the report")] if len(lines) > _MOST else shown


def _warnings(record: ValidationRecord) -> list[Text]:
    easier = [one for one in record.criteria if one.looser]
    lines = [Text(f"! {one.title} {bound(one)} is looser than the own {own_bound(one)}", style="red") for one in easier]
    if record.origin.synthetic:
        lines.append(Text("! The market is synthetic: the verdict says nothing about money", style="yellow"))
    return lines + [Text(line.plain, style="yellow") for line in _some(record.cautions, "! ")]


def _criteria(found: Sequence[Criterion]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), width=_WIDTH)
    table.add_column("Criterion", style="none", ratio=1)
    for head in ("Value", "Limit", "95 % interval", "Power"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("Answer", no_wrap=True)
    for one in found:
        limit = Text(bound(one), style="bold red" if one.looser else "")
        between = interval(one.low, one.high, one.unit)
        value = Text(in_unit(one.value, one.unit), style="bold")
        table.add_row(Text(one.title), value, limit, between, percent(one.power, 0), _answer(one.answer))
    return table


def _answer(answer: Answer) -> Text:
    return Text(signs(answer), style=_COLOURS[answer])


def _growth(record: ValidationRecord) -> Text:
    pooled = record.pooled
    measured = pooled.measured
    text = _line("Held back")
    text.append(sparkline(np.array(pooled.growth, dtype=np.float64), 40), style="blue")
    effective = f"{number(measured.trades, 0)} trades worth {number(pooled.effective_trades, 0)}"
    text.append(f"  {effective}, Sharpe {number(measured.sharpe)}, fall {percent(measured.max_drawdown)}")
    return text


def _stress(record: ValidationRecord) -> list[Text]:
    lines = [_judged("Shocks", record.shocks), _judged("Regimes", record.regimes)]
    if record.perturbations:
        text = _line("Moved")
        text.append_text(_answer(record.perturbation_answer))
        ran = sum(item.measured is not None for item in record.perturbations)
        text.append(f"  {record.perturbation_criterion} ({ran} runs, {len(record.perturbations) - ran} not allowed)")
        lines.append(text)
    return lines


def _judged(title: str, found: Sequence[_Judged]) -> Text:
    text = _line(title)
    if not found:
        return text.append("none")
    good = sum(one.answer == "pass" for one in found)
    text.append(f"{good} of {len(found)} pass")
    for one in found:
        if one.answer != "pass":
            text.append(", ")
            text.append(f"{one.name} {signs(one.answer)}", style=_COLOURS[one.answer])
    return text


def _trials(record: ValidationRecord) -> Text:
    seen = record.trials
    text = _line("Trials")
    chance = in_unit(seen.adjusted_p, "p")
    return text.append(
        f"{number(seen.counted, 0)} counted of {number(seen.recorded, 0)} on record, corrected p {chance}"
    )


def _line(title: str) -> Text:
    return Text(f"{title:<11}", style="dim").append("", style="not dim")
