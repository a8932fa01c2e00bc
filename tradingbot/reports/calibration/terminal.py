# file: reports/calibration/terminal.py
"""Terminal summary of the gate calibration: claims, rates, sabotage caught, files."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tradingbot.core.messages.formatting import number, percent
from tradingbot.core.validation.calibration.record import CalibrationRecord
from tradingbot.reports.calibration.rates import claim_word, rate, rate_with_interval


def screen(record: CalibrationRecord, paths: Mapping[str, str] | None = None) -> RenderableType:
    """Return the summary of `record` for rich to print; `paths` are the files written, by what they are."""
    parts: list[RenderableType] = [
        Text(
            f"{claim.text}: {claim_word(claim.holds)}, worst {percent(claim.value)} in {claim.where}, allowed"
            f" {percent(claim.limit)}",
            style="" if claim.holds else "bold",
        )
        for claim in record.claims
    ]
    parts += [_null(record), _power(record), _engine(record), _sabotage(record)]
    parts += [Text(f"{name}: {path}", overflow="fold") for name, path in (paths or {}).items()]
    return Group(*parts)


def _null(record: CalibrationRecord) -> Table:
    table = _table("Without an edge", "verdict", "adjusted p alone", "p alone")
    for cell in record.null:
        found = cell.rates
        table.add_row(
            cell.name,
            rate_with_interval(found.verdict, 0),
            rate_with_interval(found.adjusted_p, 0),
            rate(found.own_p, 0),
        )
    return table


def _power(record: CalibrationRecord) -> Table:
    edges = sorted({cell.planted for cell in record.power})
    table = _table("Verdict / adjusted p", *(f"Sharpe {edge:g}" for edge in edges))
    for name in dict.fromkeys(cell.name for cell in record.power):
        found = {cell.planted: cell.rates for cell in record.power if cell.name == name}
        table.add_row(name, *(f"{rate(found[edge].verdict, 0)} / {rate(found[edge].adjusted_p, 0)}" for edge in edges))
    return table


def _engine(record: CalibrationRecord) -> Table:
    table = _table("Through the engine", "edge", "promoted", "adjusted p alone", "Sharpe")
    for cell in record.engine:
        found = cell.rates
        edge = "yes" if cell.edge else "none"
        table.add_row(
            cell.name,
            edge,
            rate_with_interval(found.verdict, 0),
            rate_with_interval(found.adjusted_p, 0),
            number(cell.sharpe),
        )
    return table


def _sabotage(record: CalibrationRecord) -> Table:
    table = _table("Sabotage", "caught", "by")
    for item in record.sabotage:
        table.add_row(item.name, "yes" if item.caught else "NO", item.check)
    return table


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, title_justify="left")
    for place, head in enumerate(heads):
        table.add_column(head, justify="left" if place == 0 else "right")
    return table
