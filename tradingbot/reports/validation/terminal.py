# file: reports/validation/terminal.py
"""Terminal summary of a validation: verdict, criteria, stress runs and files on 100 columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from tradingbot.core.messages.formatting import number, percent
from tradingbot.core.messages.smallsample import weakness
from tradingbot.core.validation.record import Answer, ValidationRecord
from tradingbot.reports.backtest.terminal import sparkline
from tradingbot.reports.validation.verdict import VERDICT_ANSWERS
from tradingbot.reports.validation.wording import (
    default_limit_text,
    in_unit,
    interval,
    limit_text,
    sign_and_word,
    small_sample_reason,
)

_COLOURS: dict[str, str] = {"pass": "cyan", "fail": "dark_orange", "unsettled": "grey62", "not_applicable": "grey62"}
_WIDTH = 100


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
        parts.append(Padding(_criteria(record), (1, 0)))
    parts.append(_summary([("Tested", _growth(record)), *_stress(record), ("Trials", _trials(record))]))
    parts += [Text(f"{name}: {path}", overflow="fold") for name, path in (paths or {}).items()]
    return Group(*parts)


def _verdict(record: ValidationRecord) -> Panel:
    colour = _COLOURS[VERDICT_ANSWERS[record.verdict.value]]
    lines = [Text(record.verdict.reason, style="bold")]
    said = record.verdict.reason.lower()
    lines += [Text(f"- {one}") for one in record.verdict.reasons if not said.startswith(one.lower())]
    if record.verdict.settle:
        lines += [Text("What would change it", style="dim"), *(Text(f"- {one}") for one in record.verdict.settle)]
    sign = sign_and_word(VERDICT_ANSWERS[record.verdict.value])[0]
    title = f"[bold]{sign} {record.verdict.value.replace('_', ' ')}[/bold]"
    name = Text(f"{record.candidate}, run {record.run}", overflow="ellipsis", no_wrap=True)
    return Panel(Group(*lines), title=title, title_align="left", subtitle=name, border_style=colour, width=_WIDTH)


def _warnings(record: ValidationRecord) -> list[Text]:
    lines = [Text(f"! {line}", style="red") for line in record.switched_off]
    lines += [Text(f"! {line}", style="yellow") for line in record.cautions]
    if record.origin.synthetic and not any("synthetic" in line for line in record.cautions):
        lines.append(Text("! The market is synthetic: the verdict says nothing about money", style="yellow"))
    easier = [one for one in record.criteria if one.looser]
    told = [f"! {one.title} {limit_text(one)} is looser than the own {default_limit_text(one)}" for one in easier]
    return lines + [Text(line, style="red") for line in told]


def _criteria(record: ValidationRecord) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), width=_WIDTH)
    table.add_column("Criterion", style="none", ratio=1)
    for head in ("Value", "Limit", "95 % interval", "Power"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("Answer", no_wrap=True)
    for one in record.criteria:
        limit = Text(limit_text(one), style="bold red" if one.looser else "")
        between = interval(one.low, one.high, one.unit)
        few = small_sample_reason(one, record)
        value = Text(f"{in_unit(one.value, one.unit)}{'*' if few else ''}", style="dim" if few else "bold")
        table.add_row(Text(one.title), value, limit, between, percent(one.power, 0), _answer(one.answer))
    return table


def _answer(answer: Answer) -> Text:
    return Text(sign_and_word(answer), style=_COLOURS[answer])


def _summary(lines: Sequence[tuple[str, Text]]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(max_width=_WIDTH - 11)
    for title, text in lines:
        table.add_row(title, text)
    return table


def _growth(record: ValidationRecord) -> Text:
    pooled = record.pooled
    measured = pooled.measured
    text = Text(sparkline(np.array(pooled.growth, dtype=np.float64), 36), style="blue")
    effective = f"{number(measured.trades, 0)} trades worth {number(pooled.effective_trades, 0)}"
    made = f"net {_money(measured.net_pnl)} ({_money(measured.realised_pnl)} realised)"
    weak = weakness(measured.unreliable, "sharpe")
    ratio = f"Sharpe {number(measured.sharpe)}{f' ({weak})' if weak else ''}"
    said = f"{effective}, {made}, {ratio}, fall {percent(measured.max_drawdown)}"
    return Text("  " if text else "").join([text, Text(said)])


def _money(value: float) -> str:
    return number(value, 2, sign=True)


def _stress(record: ValidationRecord) -> list[tuple[str, Text]]:
    lines = [("Shocks", _judged(record.shocks)), ("Regimes", _judged(record.regimes))]
    reasons = dict.fromkeys(shock.reason for shock in record.shocks if shock.reason)
    lines[1:1] = [("", Text(f"- {reason}")) for reason in reasons]
    if not record.perturbations:
        return lines
    ran = sum(item.measured is not None for item in record.perturbations)
    said = f": {record.perturbation_criterion} ({ran} runs, {len(record.perturbations) - ran} not allowed)"
    return [*lines, ("Moved", _answer(record.perturbation_answer) + Text(said))]


def _judged(found: Sequence[_Judged]) -> Text:
    if not found:
        return Text("none")
    answers = [one.answer for one in found]
    others = [
        Text(f"{one.name} {sign_and_word(one.answer)}", _COLOURS[one.answer]) for one in found if one.answer != "pass"
    ]
    judged = len(answers) - answers.count("not_applicable")
    return Text(", ").join([Text(f"{answers.count('pass')} of {judged} pass"), *others])


def _trials(record: ValidationRecord) -> Text:
    seen = record.trials
    chance = in_unit(seen.adjusted_p, "p")
    return Text(f"{number(seen.counted, 0)} counted of {number(seen.recorded, 0)} on record, corrected p {chance}")
