# file: reports/backtest/terminal.py
"""Terminal summary of a backtest: one screen of 100 columns, every warning on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tradingbot.core.arrays import Floats
from tradingbot.core.messages.formatting import amount, number, when
from tradingbot.core.runtime.period import requested_if_different
from tradingbot.reports.backtest.metrics import HEADLINE_METRICS, METRIC_GROUPS, Metric
from tradingbot.reports.backtest.reader import JsonObject, equity_points, missing_risk_note, small_samples

WIDTH = 100
_BLOCKS = "▁▂▃▄▅▆▇█"
_COST_NAMES = ("before_costs", "slippage", "fees", "funding", "net")


def screen(result: JsonObject, paths: Mapping[str, str] | None = None) -> RenderableType:
    """Return the summary of `result` (`Result.to_dict()`) for rich to print.

    `paths` are the files written, by what they are, such as `{"html": "report.html"}`.
    """
    parts: list[RenderableType] = [_title(result), _numbers(result), _Curve(result), _costs(result)]
    parts += _warnings(result)
    parts += [Text(f"{name}: {path}", overflow="fold") for name, path in (paths or {}).items()]
    return Group(*parts)


def sparkline(values: Floats, width: int) -> str:
    """Return `values` as a row of block characters, the lowest as the smallest; empty without values."""
    if not len(values):
        return ""
    picked = values[np.linspace(0, len(values) - 1, min(width, len(values))).round().astype(np.int64)]
    low, span = picked.min(), np.ptp(picked)
    levels = (
        np.round((picked - low) / span * (len(_BLOCKS) - 1)).astype(np.int64) if span else np.zeros(len(picked), int)
    )
    return "".join(_BLOCKS[level] for level in levels)


def _title(result: JsonObject) -> Table:
    name = Text(result["name"], style="not dim bold")
    if result["data"]["synthetic"]:
        name.append("  SYNTHETIC DATA", style="not dim bold yellow")
    period = f"{when(result['start'])} to {when(result['end'])} UTC"
    otherwise = requested_if_different(result["coverage"], result["start"], result["end"])
    lines: list[RenderableType] = [
        name,
        f"{result['lane']}, {result['bar']}, {result['realism']}, {period}",
        *([f"asked for {otherwise}"] if otherwise else []),
        ", ".join(result["instruments"]),
    ]
    title = Table.grid()
    title.add_column(no_wrap=True, overflow="ellipsis", style="dim")
    for line in lines:
        title.add_row(line)
    return title


def _numbers(result: JsonObject) -> Padding:
    lines = [line for _, group in (("", HEADLINE_METRICS), *METRIC_GROUPS[:3]) for line in group]
    half = -(-len(lines) // 2)
    both = Table.grid(padding=(0, 4))
    both.add_row(_column(lines[:half], result), _column(lines[half:], result))
    notes = [missing_risk_note(result["summary"])]
    if weak := small_samples(result["summary"]):
        notes.insert(0, f"* {'; '.join(dict.fromkeys(weak.values()))}: luck moves it more than skill")
    return Padding(Group(both, *(Text(note, style="dim") for note in notes if note)), (1, 0))


def _column(lines: Sequence[Metric], result: JsonObject) -> Table:
    column = Table.grid(padding=(0, 2))
    column.add_column(style="dim")
    column.add_column(justify="right", no_wrap=True)
    weak = small_samples(result["summary"])
    for name, title, write, _ in lines:
        text = write(result["summary"][name], result["currency"])
        column.add_row(title, Text(f"{text}*", style="dim") if name in weak else f"{text} " if weak else text)
    return column


class _Curve:
    """The equity on one line, as long as the terminal is wide."""

    def __init__(self, result: JsonObject) -> None:
        self._equity = np.array([float(point.equity) for point in equity_points(result)])

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        text = Text("Equity  ", style="dim")
        text.append(sparkline(self._equity, min(options.max_width, WIDTH) - 10), style="not dim blue")
        yield text


def _costs(result: JsonObject) -> Text:
    costs = result["costs"]
    text = Text("Costs   ", style="dim")
    before, slippage, fees, funding, net = (costs[name] for name in _COST_NAMES)
    parts = ((-slippage, "slippage"), (-fees, "fees"), (funding, "funding"))
    taken = ", ".join(f"{number(value, sign=True)} {name}" for value, name in parts)
    total = amount(net, result["currency"], sign=True)
    text.append(f"{number(before, sign=True)} before costs, {taken} = {total}", style="not dim")
    return text


def _warnings(result: JsonObject) -> list[RenderableType]:
    found = [item["sentence"] for item in result["warnings"]]
    lines = [Text(f"! {sentence}", style="yellow") for sentence in found]
    return [Text(), *lines] if lines else []
