# file: core/market/seriesfiles.py
"""Read a series' Parquet files by time, touching only the row groups that lie in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from tradingbot.core.market.arrays import Columns, Kind
from tradingbot.core.market.series import Series, interval_of
from tradingbot.core.market.tables import empty, from_table

__all__ = ["StoredFile", "read_file", "read_rows", "stored_files"]

_FOREVER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of a series and how many rows it has."""

    path: Path
    rows: int


def stored_files(root: Path, series: Series) -> list[StoredFile]:
    """Return the files of a series in order of time."""
    paths = sorted((root / series.folder).glob("*.parquet"), key=interval_of)
    return [StoredFile(path, pq.read_metadata(path).num_rows) for path in paths]


def read_rows(root: Path, series: Series, start: int | None, end: int | None) -> Columns:
    """Return the rows with start <= ts <= end."""
    paths = sorted((root / series.folder).glob("*.parquet"), key=interval_of)
    return _joined(series.kind, (read_file(series.kind, path, start, end) for path in paths))


def read_file(kind: Kind, path: Path, start: int | None, end: int | None) -> Columns:
    """Return the rows of one file with start <= ts <= end."""
    low, high = -_FOREVER if start is None else start, _FOREVER if end is None else end
    file_low, file_high = interval_of(path) if path.name[:1].isdigit() and "_" in path.name else (low, high)
    if file_high < low or file_low > high:
        return empty(kind)
    with pq.ParquetFile(path) as file:
        groups = [group for group in range(file.num_row_groups) if _touches(file, group, low, high)]
        if not groups:
            return empty(kind)
        rows = from_table(kind, file.read_row_groups(groups))
    if file_low >= low and file_high <= high:
        return rows
    first, last = np.searchsorted(rows.ts, low, "left"), np.searchsorted(rows.ts, high, "right")
    return rows.take(slice(int(first), int(last)))


def _touches(file: pq.ParquetFile, group: int, low: int, high: int) -> bool:
    metadata = file.metadata.row_group(group)
    column = metadata.column(file.schema_arrow.get_field_index("ts_init"))
    statistics = column.statistics
    if statistics is None or not statistics.has_min_max:
        return True
    return int(statistics.max_raw) >= low and int(statistics.min_raw) <= high


def _joined(kind: Kind, parts: Iterable[Columns]) -> Columns:
    found = [part for part in parts if len(part)]
    if not found:
        return empty(kind)
    return found[0] if len(found) == 1 else type(found[0]).join(found)
