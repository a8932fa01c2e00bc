# file: reports/calibration/terminal.py
"""Terminal summary of the gate calibration: claims, false-positive rate, power, sabotage tests, files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tradingbot.core.messages.formatting import number, percent
from tradingbot.core.validation.calibration.record import CalibrationRecord, Rates
from tradingbot.reports.calibration.rates import claim_word, rate, rate_with_interval
from tradingbot.reports.screen import file_lines


def screen(record: CalibrationRecord, paths: Mapping[str, str] | None = None) -> RenderableType:
    """Return the summary of `record` and where its files are, `paths` by what they are."""
    claims = [
        Text(
            f"{claim.text}: {claim_word(claim.holds)}, worst {percent(claim.value)} in {claim.where},"
            f" limit {percent(claim.limit)}",
            style="" if claim.holds else "bold",
        )
        for claim in record.claims
    ]
    null = [(cell.name, *_bracketed(cell.rates), rate(cell.rates.own_p, 0)) for cell in record.null]
    engine = [
        (cell.name, "yes" if cell.edge else "none", *_bracketed(cell.rates), number(cell.sharpe))
        for cell in record.engine
    ]
    sabotage = [(item.name, "yes" if item.caught else "NO", item.check) for item in record.sabotage]
    return Group(
        *claims,
        _table(("False-positive rate", "verdict", "adjusted p-value", "unadjusted p-value"), null),
        _power(record),
        _table(("Through the engine", "edge", "promoted", "adjusted p-value", "Sharpe"), engine),
        _table(("Sabotage", "caught", "by"), sabotage),
        *file_lines(paths),
    )


def _bracketed(rates: Rates) -> tuple[str, str]:
    return rate_with_interval(rates.verdict, 0), rate_with_interval(rates.adjusted_p, 0)


def _power(record: CalibrationRecord) -> Table:
    edges = sorted({cell.planted for cell in record.power})
    rows = []
    for name in dict.fromkeys(cell.name for cell in record.power):
        rates = {cell.planted: cell.rates for cell in record.power if cell.name == name}
        rows.append([name, *(f"{rate(rates[edge].verdict, 0)} / {rate(rates[edge].adjusted_p, 0)}" for edge in edges)])
    return _table(("Power: verdict / adjusted p-value", *(f"Sharpe {edge:g}" for edge in edges)), rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False, title_justify="left")
    for place, head in enumerate(heads):
        table.add_column(head, justify="left" if place == 0 else "right")
    for row in rows:
        table.add_row(*row)
    return table
