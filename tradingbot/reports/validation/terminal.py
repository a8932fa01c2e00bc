# file: reports/validation/terminal.py
"""Terminal summary of a validation: verdict, criteria, stress runs and files on 100 columns."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from tradingbot.core.messages.formatting import number, percent
from tradingbot.core.messages.smallsample import weakness
from tradingbot.core.validation.record import Answer, ValidationRecord
from tradingbot.reports.answers import STYLES, sign_and_word
from tradingbot.reports.charts import sparkline
from tradingbot.reports.screen import WIDTH, file_lines, labelled, warning_lines
from tradingbot.reports.validation.verdict import VERDICT_ANSWERS
from tradingbot.reports.validation.wording import (
    default_limit_text,
    in_unit,
    interval,
    limit_text,
    regime_title,
    small_sample_reason,
)


def screen(record: ValidationRecord, paths: Mapping[str, str] | None = None) -> RenderableType:
    """Return the summary of `record` and where its files are, `paths` by what they are."""
    parts: list[RenderableType] = [_verdict(record), *_warnings(record)]
    if record.criteria:
        parts.append(Padding(_criteria(record), (1, 0)))
    seen = record.trials
    ledger = f"{number(seen.counted, 0)} counted of {number(seen.recorded, 0)} on record"
    trials = f"{ledger}, adjusted p-value {in_unit(seen.adjusted_p, 'p')}"
    lines = [("Tested", _growth(record)), *_stress(record), ("Trials", Text(trials))]
    return Group(*parts, labelled(lines, WIDTH - 11), *file_lines(paths))


def _verdict(record: ValidationRecord) -> Panel:
    verdict, style = record.verdict, STYLES[VERDICT_ANSWERS[record.verdict.value]]
    lines = [Text(verdict.reason, style="bold")]
    lines += [Text(f"- {one}") for one in verdict.reasons if not verdict.reason.lower().startswith(one.lower())]
    if verdict.settle:
        change = Text("What would change the verdict", style="dim")
        lines += [change, *(Text(f"- {one}") for one in verdict.settle)]
    title = f"[bold]{style.sign} {verdict.value.replace('_', ' ')}[/bold]"
    name = Text(f"{record.candidate}, run {record.run}", overflow="ellipsis", no_wrap=True)
    colour = style.terminal
    return Panel(Group(*lines), title=title, title_align="left", subtitle=name, border_style=colour, width=WIDTH)


def _warnings(record: ValidationRecord) -> list[RenderableType]:
    synthetic = record.origin.synthetic and not any("synthetic" in line for line in record.cautions)
    made_up = ["The market is synthetic: the verdict says nothing about money"] if synthetic else []
    looser = [
        f"{one.title} {limit_text(one)} is looser than the program's own {default_limit_text(one)}"
        for one in record.criteria
        if one.looser
    ]
    yellow = warning_lines([*record.cautions, *made_up])
    return [*warning_lines(record.switched_off, "red"), *yellow, *warning_lines(looser, "red")]


def _criteria(record: ValidationRecord) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), width=WIDTH)
    table.add_column("Criterion", style="none", ratio=1)
    for head in ("Value", "Threshold", "95 % interval", "Power"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("Result", no_wrap=True)
    for one in record.criteria:
        limit = Text(limit_text(one), style="bold red" if one.looser else "")
        between = interval(one.low, one.high, one.unit)
        few = small_sample_reason(one, record)
        value = Text(f"{in_unit(one.value, one.unit)}{'*' if few else ''}", style="dim" if few else "bold")
        table.add_row(Text(one.title), value, limit, between, percent(one.power, 0), sign_and_word(one.answer))
    return table


def _growth(record: ValidationRecord) -> Text:
    pooled, measured = record.pooled, record.pooled.measured
    line = Text(sparkline(np.array(pooled.growth, dtype=np.float64), 36), style="blue")
    net, realised = (number(value, 2, sign=True) for value in (measured.net_pnl, measured.realised_pnl))
    weak = weakness(measured.unreliable, "sharpe")
    parts = [
        f"{number(measured.trades, 0)} trades worth {number(pooled.effective_trades, 0)}",
        f"net {net} ({realised} realised)",
        f"Sharpe {number(measured.sharpe)}{f' ({weak})' if weak else ''}",
        f"max drawdown {percent(measured.max_drawdown)}",
    ]
    return Text("  " if line else "").join([line, Text(", ".join(parts))])


def _stress(record: ValidationRecord) -> list[tuple[str, Text]]:
    reasons = dict.fromkeys(shock.reason for shock in record.shocks if shock.reason)
    shocks, regimes = ({one.name: one.answer for one in runs} for runs in (record.shocks, record.regimes))
    lines = [("Stress", _passed(shocks)), *((" ", Text(f"- {reason}")) for reason in reasons)]
    lines.append(("Regimes", _passed({regime_title(name): answer for name, answer in regimes.items()})))
    if record.perturbations:
        ran = sum(item.measured is not None for item in record.perturbations)
        runs = f": {record.perturbation_criterion} ({ran} runs, {len(record.perturbations) - ran} not allowed)"
        lines.append(("Parameters", sign_and_word(record.perturbation_answer) + Text(runs)))
    return lines


def _passed(answers: Mapping[str, Answer]) -> Text:
    if not answers:
        return Text("none")
    others = [sign_and_word(answer, f"{name} ") for name, answer in answers.items() if answer != "pass"]
    judged = sum(answer != "not_applicable" for answer in answers.values())
    passed = sum(answer == "pass" for answer in answers.values())
    return Text(", ").join([Text(f"{passed} of {judged} pass"), *others])
