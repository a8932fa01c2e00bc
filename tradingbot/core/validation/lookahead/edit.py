# file: core/validation/lookahead/edit.py
"""Another future: the same market up to a moment, and after it nothing, or one column of other numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tradingbot.core.market.arrays import Columns
from tradingbot.core.market.catalog import Catalog, Entry
from tradingbot.core.market.instruments import load
from tradingbot.core.market.seriesfiles import read_rows

__all__ = ["Column", "Edit", "columns", "rewrite"]


@dataclass(frozen=True, slots=True, order=True)
class Column:
    """A column of one instrument's series: `kind` is bars, funding, marks, quotes or trades."""

    instrument: str
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.name} of {self.instrument} {self.kind}"


@dataclass(frozen=True, slots=True)
class Edit:
    """What becomes of rows after `cut` (UTC ns): gone, or with other numbers in `column`, drawn with `seed`."""

    cut: int
    column: Column | None = None
    seed: int = 0


def columns(catalog: Catalog, names: set[str]) -> list[Column]:
    """Return every column of numbers of these instruments in the catalog."""
    found = []
    for entry in _entries(catalog, names):
        rows = read_rows(catalog.path, entry.series, entry.first, entry.first)
        found += [Column(entry.instrument, entry.kind.value, name) for name in _numeric(rows)]
    return sorted(set(found))


def rewrite(source: Catalog, target: Path, names: set[str], edit: Edit) -> Catalog:
    """Write the series of these instruments, edited, into a new catalog at `target`.

    Altered numbers are the old ones times e to a normal draw of deviation 0.2, one draw a row.
    """
    made = Catalog(target, create=True)
    stored = {str(item.id): item for item in source.instruments()}
    with made.writing() as writer:
        for entry in _entries(source, names):
            rows = read_rows(source.path, entry.series, None, edit.cut if edit.column is None else None)
            if edit.column is not None and (edit.column.instrument, edit.column.kind) == (
                entry.instrument,
                entry.kind.value,
            ):
                rows = _altered(rows, edit, _instrument(entry.instrument, stored))
            if len(rows):
                writer.add(entry.series, _instrument(entry.instrument, stored), rows)
    options = [item for name, item in stored.items() if name in names]
    if options:
        made.write_instruments(options)
    return made


def _entries(catalog: Catalog, names: set[str]) -> list[Entry]:
    return [entry for entry in catalog.listing() if entry.instrument in names]


def _instrument(name: str, stored: dict[str, Any]) -> Any:
    return stored[name] if name in stored else load(name).instrument


def _numeric(rows: Columns) -> list[str]:
    return [
        name
        for name in rows.__dataclass_fields__
        if name not in ("ts", "interval", "aggressor", "trade_id") and getattr(rows, name).dtype == np.float64
    ]


def _altered(rows: Columns, edit: Edit, instrument: Any) -> Columns:
    assert edit.column is not None  # noqa: S101 - the caller looked
    name = edit.column.name
    values = getattr(rows, name).copy()
    after = rows.ts > edit.cut
    draws = np.exp(np.random.default_rng(edit.seed).normal(0, 0.2, int(after.sum())))
    digits = (
        12
        if name == "rate"
        else instrument.size_precision
        if "size" in name or name == "volume"
        else instrument.price_precision
    )
    values[after] = np.round(values[after] * draws + (1e-4 if name == "rate" else 0.0), digits)
    return replace(rows, **{name: values})
