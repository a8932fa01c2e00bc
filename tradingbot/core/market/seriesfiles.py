# file: core/market/seriesfiles.py
"""Read a series' Parquet files by time, touching only the row groups that lie in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import pyarrow.parquet as pq

from tradingbot.core.market.arrays import Columns, Funding, Kind
from tradingbot.core.market.series import Series, interval_of
from tradingbot.core.market.settlements import MINUTE, on_schedule
from tradingbot.core.market.tables import empty, from_table

__all__ = ["StoredFile", "group_ends", "read_file", "read_rows", "stored_files"]

_FOREVER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of a series: how many rows it has, and the first and last of their stamps, UTC nanoseconds."""

    path: Path
    rows: int
    first: int
    last: int


def stored_files(root: Path, series: Series) -> list[StoredFile]:
    """Return the files of a series in order of time."""
    return [StoredFile(path, pq.read_metadata(path).num_rows, *interval_of(path)) for path in _paths(root, series)]


def read_rows(root: Path, series: Series, start: int | None, end: int | None) -> Columns:
    """Return the rows with start <= ts <= end; of funding, what was due then."""
    if series.kind is Kind.FUNDING:
        return _settled(root, series, start, end)
    return _read(root, series, start, end)


def _settled(root: Path, series: Series, start: int | None, end: int | None) -> Columns:
    near = _read(root, series, None if start is None else start - MINUTE, None if end is None else end + MINUTE)
    funding = on_schedule(cast("Funding", near))
    low, high = -_FOREVER if start is None else start, _FOREVER if end is None else end
    return funding.take((funding.ts >= low) & (funding.ts <= high))


def _read(root: Path, series: Series, start: int | None, end: int | None) -> Columns:
    low, high = -_FOREVER if start is None else start, _FOREVER if end is None else end
    inside = []
    for path in _paths(root, series):
        first, last = interval_of(path)
        if first <= high and last >= low:
            inside.append(read_file(series.kind, path, start, end))
    return _joined(series.kind, inside)


def read_file(kind: Kind, path: Path, start: int | None, end: int | None) -> Columns:
    """Return the rows of one file, ascending in time, with start <= ts <= end."""
    low, high = -_FOREVER if start is None else start, _FOREVER if end is None else end
    with pq.ParquetFile(path) as file:
        groups = []
        for group in range(file.num_row_groups):
            bounds = _bounds(file, group)
            if bounds is None or (bounds[0] <= high and bounds[1] >= low):
                groups.append(group)
        if not groups:
            return empty(kind)
        rows = from_table(kind, file.read_row_groups(groups))
    first, last = int(np.searchsorted(rows.ts, low, "left")), int(np.searchsorted(rows.ts, high, "right"))
    return rows if last - first == len(rows) else rows.take(slice(first, last))


def group_ends(path: Path) -> list[tuple[int, int]]:
    """Return (last stamp, rows) of each row group of a file."""
    with pq.ParquetFile(path) as file:
        found = []
        for group in range(file.num_row_groups):
            bounds = _bounds(file, group)
            found.append((bounds[1] if bounds else _FOREVER, file.metadata.row_group(group).num_rows))
        return found


def _paths(root: Path, series: Series) -> list[Path]:
    return sorted((root / series.folder).glob("*.parquet"), key=interval_of)


def _bounds(file: pq.ParquetFile, group: int) -> tuple[int, int] | None:
    column = file.metadata.row_group(group).column(file.schema_arrow.get_field_index("ts_init"))
    statistics = column.statistics
    if statistics is None or not statistics.has_min_max:
        return None
    return int(statistics.min_raw), int(statistics.max_raw)


def _joined(kind: Kind, parts: Iterable[Columns]) -> Columns:
    found = [part for part in parts if len(part)]
    if not found:
        return empty(kind)
    return found[0] if len(found) == 1 else type(found[0]).join(found)
