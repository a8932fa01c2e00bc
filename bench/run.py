# file: bench/run.py
"""Every benchmark in one run: `python -m bench.run [--json]`."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from bench import (
    dashboard,
    engine,
    features,
    importrate,
    inference,
    killtime,
    latchread,
    nodememory,
    noderestart,
    nodespeed,
    starttime,
    validation,
)
from bench.row import Row

MEASURES: tuple[Callable[[], list[Row]], ...] = (
    starttime.measure,
    latchread.measure,
    killtime.measure,
    dashboard.measure,
    importrate.measure,
    engine.measure,
    features.measure,
    inference.measure,
    validation.measure,
    nodespeed.measure,
    noderestart.measure,
    nodememory.measure,
)


def main(arguments: list[str]) -> None:
    """Run the measures in their order and show them as a table, or as JSON."""
    rows = [row for measure in MEASURES for row in measure()]
    machine = f"{platform.processor() or platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    if "--json" in arguments:
        sys.stdout.write(json.dumps({"machine": machine, "rows": [row.as_dict() for row in rows]}, indent=2) + "\n")
    else:
        Console().print(_table(rows, machine))


def _table(rows: list[Row], machine: str) -> Table:
    table = Table(title="Benchmarks", caption=machine)
    for column in ("measure", "value", "unit", "baseline", "ratio", "aim", "met"):
        table.add_column(column, justify="right" if column in {"value", "ratio", "aim"} else "left")
    for row in rows:
        base = f"{_number(row.baseline)} {row.against}" if row.baseline else ""
        met = {True: "yes", False: "NO", None: ""}[row.met]
        table.add_row(row.name, _number(row.value), row.unit, base, _number(row.ratio), _aim(row), met)
    return table


def _aim(row: Row) -> str:
    if row.aim is None:
        return ""
    sign = ">=" if row.higher else "<="
    return f"{sign} {_number(row.aim)}{'x' if row.of_ratio else ''}"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


if __name__ == "__main__":
    main(sys.argv[1:])
