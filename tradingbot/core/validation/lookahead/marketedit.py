# file: core/validation/lookahead/marketedit.py
"""Edited market: the same data up to a moment, and after it nothing, or other numbers in some columns."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from tradingbot.core.arrays import BoolArray, Floats
from tradingbot.core.errors import UnknownInstrument
from tradingbot.core.market.catalog.catalog import Catalog, Entry
from tradingbot.core.market.catalog.parquet import read_rows
from tradingbot.core.market.columns import Columns
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.series import FOLDERS

MIRROR, HIGHER, LOWER = 0, -1, -2
"""The seeds that mirror, raise and lower the future instead of drawing it."""


@dataclass(frozen=True, slots=True, order=True)
class Column:
    """A column of one instrument's series: `kind` is bars, funding, marks, quotes or trades."""

    instrument: str
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.name} of {self.instrument} {self.kind}"


@dataclass(frozen=True, slots=True)
class MarketEdit:
    """What becomes of rows after `cut` (UTC ns): gone, or other numbers in `columns`, as `seed` says."""

    cut: int
    columns: tuple[Column, ...] = ()
    seed: int = MIRROR


def columns(catalog: Catalog, names: Iterable[str]) -> list[Column]:
    """Return every column of numbers of these instruments in the catalog."""
    return sorted(
        {
            Column(entry.instrument, entry.kind.value, name)
            for entry in _entries(catalog, set(names))
            for name in _numeric(read_rows(catalog.path, entry.series, entry.first, entry.first))
        }
    )


def rewrite(source: Catalog, target: Path, names: set[str], edit: MarketEdit) -> Catalog:
    """Write the series of these instruments, edited, into a new catalog at `target`.

    Altered numbers are mirrored at the last known one; raised or lowered by half of the largest of all; or multiplied
    by e to a normal draw of deviation 0.4. Where the future is gone, so are the definitions of contracts that had no
    rows yet.
    """
    made, stored = Catalog(target, create=True), cache(lambda: {str(item.id): item for item in source.instruments()})
    entries = _entries(source, names)
    started = {entry.instrument for entry in entries if edit.columns or entry.first <= edit.cut}
    _copy_definitions(source.path, target, {name.replace("/", "") for name in names - started})
    with made.writing() as writer:
        for entry in entries:
            key = (entry.instrument, entry.kind.value)
            touched = {item.name for item in edit.columns if (item.instrument, item.kind) == key}
            if entry.last <= edit.cut or (edit.columns and not touched):
                shutil.copytree(source.path / entry.series.folder, target / entry.series.folder)
            elif edit.columns or entry.first <= edit.cut:
                instrument = _definition(entry.instrument, stored)
                rows = read_rows(source.path, entry.series, None, None if touched else edit.cut)
                for name in sorted(touched):
                    rows = _altered(rows, name, edit, instrument)
                if len(rows):
                    writer.add(entry.series, instrument, rows)
                    writer.seal(entry.series)
    return made


def _copy_definitions(source: Path, target: Path, unknown: set[str]) -> None:
    for folder in (source / "data").glob("*/"):
        if folder.name not in FOLDERS.values():
            for place in folder.iterdir():
                if place.name not in unknown:
                    shutil.copytree(place, target / "data" / folder.name / place.name)


def _entries(catalog: Catalog, names: set[str]) -> list[Entry]:
    return [entry for entry in catalog.listing() if entry.instrument in names]


def _definition(name: str, stored: Callable[[], dict[str, Any]]) -> Any:
    """Return the Nautilus instrument: the shipped one, or that of the catalog, whose definitions take long to read."""
    try:
        return load_listing(name).instrument
    except UnknownInstrument:
        return stored()[name]


def _numeric(rows: Columns) -> list[str]:
    return [
        name
        for name in rows.__dataclass_fields__
        if name not in ("ts", "interval", "aggressor", "trade_id") and getattr(rows, name).dtype == np.float64
    ]


def _altered(rows: Columns, name: str, edit: MarketEdit, instrument: Any) -> Columns:
    values = getattr(rows, name).copy()
    after = rows.ts > edit.cut
    other = _other(values, after, edit.seed)
    if name != "rate":
        sizes = "size" in name or name == "volume"
        step = float(instrument.size_increment if sizes else instrument.price_increment)
        other = np.maximum(np.round(other / step), 1) * step
    values[after] = other
    return replace(rows, **{name: values})


def _other(values: Floats, after: BoolArray, seed: int) -> Floats:
    later = values[after]
    if seed == MIRROR:
        known = values[~after]
        # Every rise becomes a fall.
        return np.asarray(2 * (known[-1] if len(known) else values[0]) - later)
    if seed in (HIGHER, LOWER):
        step = 0.5 * float(np.abs(values).max())
        return np.asarray(later + (step if seed == HIGHER else -step))
    return np.asarray(later * np.exp(np.random.default_rng(seed).normal(0, 0.4, len(later))))
