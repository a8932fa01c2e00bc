# file: core/report/validation/sections/paths.py
"""The paths of the combinatorial cross-validation, where there are any."""

from __future__ import annotations

from statistics import median

from tradingbot.core.report.charts.figure import frame
from tradingbot.core.report.markup import Html, card, table, tag
from tradingbot.core.report.phrase import number, percent
from tradingbot.core.report.validation.charts.bars import path_bars
from tradingbot.core.report.validation.record import ValidationRecord

__all__ = ["paths"]


def paths(record: ValidationRecord) -> list[Html]:
    """Return the paths of the combinatorial purged cross-validation; nothing without."""
    found = record.paths
    if not found:
        return []
    heads = [("Path", ""), ("Sharpe", "num"), ("Return", "num"), ("Deepest fall", "num")]
    rows = [
        [
            str(path.number),
            number(path.sharpe),
            percent(path.total_return, 1, sign=True),
            percent(path.max_drawdown),
        ]
        for path in found
    ]
    more = tag("details", tag("summary", "All paths"), table(heads, rows, "Paths"))
    sharpes = [path.sharpe for path in found if path.sharpe is not None]
    chart = frame(path_bars(found), "Sharpe by path", 250) if sharpes else None
    middle = f" Half of them reach a Sharpe ratio of {number(median(sharpes))}." if sharpes else ""
    note = f"{len(found)} whole histories, each put together from test groups that the model had not seen.{middle}"
    return [card("Combinatorial purged cross-validation", chart, more, note=note)]
