# file: core/validation/lookahead/edit.py
"""Another future: the same market up to a moment, and after it nothing, or one column of other numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tradingbot.core.market.arrays import Columns
from tradingbot.core.market.catalog import Catalog, Entry
from tradingbot.core.market.instruments import load
from tradingbot.core.market.seriesfiles import read_rows

__all__ = ["MIRROR", "Column", "Edit", "columns", "rewrite"]


type Floats = npt.NDArray[np.float64]
type BoolArray = npt.NDArray[np.bool_]

MIRROR = 0
"""The seed that mirrors the future instead of drawing it."""


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
    """What becomes of rows after `cut` (UTC ns): gone, or other numbers in `column`, mirrored or drawn by `seed`."""

    cut: int
    column: Column | None = None
    seed: int = MIRROR


def columns(catalog: Catalog, names: set[str]) -> list[Column]:
    """Return every column of numbers of these instruments in the catalog."""
    found = []
    for entry in _entries(catalog, names):
        rows = read_rows(catalog.path, entry.series, entry.first, entry.first)
        found += [Column(entry.instrument, entry.kind.value, name) for name in _numeric(rows)]
    return sorted(set(found))


def rewrite(source: Catalog, target: Path, names: set[str], edit: Edit) -> Catalog:
    """Write the series of these instruments, edited, into a new catalog at `target`.

    Altered numbers are mirrored at the last known one, or the old ones times e to a normal draw of deviation 0.4.
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
    other = _mirrored(values, after) if edit.seed == MIRROR else _drawn(values, after, edit.seed)
    if name != "rate":
        sizes = "size" in name or name == "volume"
        digits = instrument.size_precision if sizes else instrument.price_precision
        other = np.maximum(np.round(other, digits), 10.0**-digits)
    values[after] = other
    return replace(rows, **{name: values})


def _mirrored(values: Floats, after: BoolArray) -> Floats:
    """Return the later values on the other side of the last known one: every rise becomes a fall."""
    known = values[~after]
    level = known[-1] if len(known) else values[0]
    found: Floats = 2 * level - values[after]
    return found


def _drawn(values: Floats, after: BoolArray, seed: int) -> Floats:
    found: Floats = values[after] * np.exp(np.random.default_rng(seed).normal(0, 0.4, int(after.sum())))
    return found
