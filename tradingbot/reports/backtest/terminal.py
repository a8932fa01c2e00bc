# file: reports/backtest/terminal.py
"""Terminal summary of a backtest: one screen of 100 columns, every warning on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tradingbot.core.messages.formatting import amount, number, when
from tradingbot.core.runtime.period import requested_if_different
from tradingbot.reports.backtest.metrics import HEADLINE_METRICS, METRIC_GROUPS, Metric
from tradingbot.reports.backtest.reader import JsonObject, equity_points, missing_risk_note, small_samples
from tradingbot.reports.charts import sparkline
from tradingbot.reports.screen import WIDTH, file_lines, title_lines, warning_lines


def screen(result: JsonObject, paths: Mapping[str, str] | None = None) -> RenderableType:
    """Return the summary of `result` (`Result.to_dict()`) and where its files are, `paths` by what they are."""
    requested = requested_if_different(result["coverage"], result["start"], result["end"])
    title = title_lines(
        result["name"],
        "SYNTHETIC DATA" if result["data"]["synthetic"] else "",
        f"{result['lane']}, {result['bar']}, {result['realism']}, {when(result['start'])} to {when(result['end'])} UTC",
        f"requested {requested}" if requested else "",
        ", ".join(result["instruments"]),
    )
    warned = warning_lines(item["sentence"] for item in result["warnings"])
    parts = [title, _numbers(result), _EquityLine(result), _costs(result), *([Text(), *warned] if warned else [])]
    return Group(*parts, *file_lines(paths))


def _numbers(result: JsonObject) -> Padding:
    shown = [METRIC_GROUPS[group] for group in ("Return", "Risk", "Trades")]
    lines = [line for group in (HEADLINE_METRICS, *shown) for line in group]
    half = -(-len(lines) // 2)
    both = Table.grid(padding=(0, 4))
    both.add_row(_column(lines[:half], result), _column(lines[half:], result))
    notes = [missing_risk_note(result["summary"])]
    if weak := small_samples(result["summary"]):
        notes.insert(0, f"* {'; '.join(dict.fromkeys(weak.values()))}: too few to be significant")
    return Padding(Group(both, *(Text(note, style="dim") for note in notes if note)), (1, 0))


def _column(lines: Sequence[Metric], result: JsonObject) -> Table:
    column = Table.grid(padding=(0, 2))
    column.add_column(style="dim")
    column.add_column(justify="right", no_wrap=True)
    weak = small_samples(result["summary"])
    for line in lines:
        text = line.write(result["summary"][line.name], result["currency"])
        marked = Text(f"{text}*", style="dim") if line.name in weak else f"{text} " if weak else text
        column.add_row(line.title, marked)
    return column


class _EquityLine:
    """The equity on one line, as long as the terminal is wide."""

    def __init__(self, result: JsonObject) -> None:
        self._equity = np.array([float(point.equity) for point in equity_points(result)])

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        line = sparkline(self._equity, min(options.max_width, WIDTH) - 10)
        yield Text("Equity  ", style="dim").append(line, style="not dim blue")


def _costs(result: JsonObject) -> Text:
    costs = result["costs"]
    parts = ((-costs["slippage"], "slippage"), (-costs["fees"], "fees"), (costs["funding"], "funding"))
    taken = ", ".join(f"{number(value, sign=True)} {name}" for value, name in parts)
    net, before = amount(costs["net"], result["currency"], sign=True), number(costs["before_costs"], sign=True)
    return Text("Costs   ", style="dim").append(f"{before} before costs, {taken} = {net}", style="not dim")
