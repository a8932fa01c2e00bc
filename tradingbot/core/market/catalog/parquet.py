# file: core/market/catalog/parquet.py
"""Parquet files of a series: read by time, written a row group at a time, recognised by their metadata."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tradingbot.core.market.catalog.arrow import empty_columns, from_table, to_table
from tradingbot.core.market.columns import Columns, Funding, Kind, PriceSide
from tradingbot.core.market.decimals import Precisions
from tradingbot.core.market.funding import on_schedule
from tradingbot.core.market.series import Series, Step, interval_of
from tradingbot.core.time import MINUTE

GROUP_ROWS = 131_072

_FOREVER = 2**63 - 1
_BAR_TYPE = re.compile(r"(.+)-(\d+)-(SECOND|MINUTE|HOUR|DAY)-(LAST|BID|ASK|MID)-EXTERNAL")
_TIMES = ("ts_event", "ts_init", "next_funding_ns")
_REPEATED = ["aggressor_side", "identifier"]


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
    low, high = _bounds(start, end)
    near = MINUTE if series.kind is Kind.FUNDING else 0
    first, last = max(low, -_FOREVER + near) - near, min(high, _FOREVER - near) + near
    parts = []
    for path in _paths(root, series):
        begin, stop = interval_of(path)
        if begin <= last and stop >= first and len(part := read_file(series.kind, path, first, last)):
            parts.append(part)
    rows = type(parts[0]).join(parts) if len(parts) > 1 else parts[0] if parts else empty_columns(series.kind)
    if series.kind is not Kind.FUNDING:
        return rows
    funding = on_schedule(cast("Funding", rows))
    return funding.take((funding.ts >= low) & (funding.ts <= high))


def read_file(kind: Kind, path: Path, start: int | None, end: int | None) -> Columns:
    """Return the rows of one file, ascending in time, with start <= ts <= end."""
    low, high = _bounds(start, end)
    with pq.ParquetFile(path) as file:
        spans = [_group_span(file, group) for group in range(file.num_row_groups)]
        groups = [group for group, (first, last) in enumerate(spans) if first <= high and last >= low]
        if not groups:
            return empty_columns(kind)
        rows = from_table(kind, file.read_row_groups(groups))
    return _between(rows, low, high)


def group_ends(path: Path) -> list[tuple[int, int]]:
    """Return (last stamp, rows) of each row group of a file."""
    with pq.ParquetFile(path) as file:
        groups = range(file.num_row_groups)
        return [(_group_span(file, group)[1], file.metadata.row_group(group).num_rows) for group in groups]


def _paths(root: Path, series: Series) -> list[Path]:
    return sorted((root / series.folder).glob("*.parquet"), key=interval_of)


def _bounds(start: int | None, end: int | None) -> tuple[int, int]:
    return -_FOREVER if start is None else start, _FOREVER if end is None else end


def _group_span(file: pq.ParquetFile, group: int) -> tuple[int, int]:
    """Return the first and last stamp of a row group; all of time where the file does not say."""
    column = file.metadata.row_group(group).column(file.schema_arrow.get_field_index("ts_init"))
    statistics = column.statistics
    if statistics is None or not statistics.has_min_max:
        return -_FOREVER, _FOREVER
    return int(statistics.min_raw), int(statistics.max_raw)


def _between(rows: Columns, start: int, end: int) -> Columns:
    first, last = int(np.searchsorted(rows.ts, start, "left")), int(np.searchsorted(rows.ts, end, "right"))
    return rows if last - first == len(rows) else rows.take(slice(first, last))


def series_of(kind: Kind, folder: Path) -> Series | None:
    """Return the series in `folder`, or nothing when it is empty or holds bars this program does not make."""
    first = next(iter(sorted(folder.glob("*.parquet"))), None)
    if first is None:
        return None
    metadata = pq.read_schema(first).metadata or {}
    if kind is not Kind.BARS:
        return Series(kind, metadata[b"instrument_id"].decode())
    match = _BAR_TYPE.fullmatch(metadata[b"bar_type"].decode())
    if match is None:
        return None
    name, count, unit, side = match.groups()
    return Series(kind, name, Step(int(count), unit[0].lower()), PriceSide(side))


def stored_precisions(path: Path) -> Precisions:
    """Return the decimals that a stored file was written with."""
    metadata = pq.read_schema(path).metadata
    return Precisions(int(metadata[b"price_precision"]), int(metadata.get(b"size_precision", b"0")))


class StagedParquet:
    """Collect rows of one series, ascending in time, and write them to `path` a row group at a time.

    Up to a row group is held in memory until `close`: most option contracts of a repeated import turn out to hold
    nothing new, and their files are never made. `first`, `last` and `rows` tell what was added so far;
    `instrument` needs no more than a price and a size precision.
    """

    def __init__(self, path: Path, series: Series, instrument: Any) -> None:
        self.path = path
        self.instrument = instrument
        self.rows = 0
        self.first = 0
        self.last = 0
        self._series = series
        self._file: pq.ParquetWriter | None = None
        self._held: list[pa.Table] = []
        self._closed = False

    @property
    def held(self) -> int:
        """Rows that are in memory and not yet in the file."""
        return sum(table.num_rows for table in self._held)

    def append(self, rows: Columns) -> None:
        """Take rows; errors as in `to_table`, and then nothing was taken."""
        if self._closed:
            raise ValueError(f"{self._series}: rows were added after its file was closed")
        if not len(rows):
            return
        self._held.append(to_table(self._series, self.instrument, rows))
        self.first = self.first if self.rows else int(rows.ts[0])
        self.last = int(rows.ts[-1])
        self.rows += len(rows)
        if self.held >= GROUP_ROWS:
            self._write()

    def close(self) -> None:
        """Write what is held and end the file; nothing more is appended."""
        if self._held:
            self._write()
        self.abandon()

    def close_if_begun(self) -> None:
        """Close the file if a part of the rows is in it already."""
        if self.held < self.rows:
            self.close()

    def abandon(self) -> None:
        """End the file without what is held."""
        self._held, self._closed = [], True
        if self._file is not None:
            self._file.close()
            self._file = None

    def groups(self) -> list[tuple[int, int]]:
        """Return (last stamp, rows) of each piece the rows lie in."""
        return group_ends(self.path) if self._closed else [(self.last, self.rows)]

    def ends(self) -> list[Columns]:
        """Return the first and the last piece of the rows, one where there is no other."""
        last = [end for end, _rows in self.groups()]
        head = self.between(self.first, last[0])
        return [head] if len(last) == 1 else [head, self.between(last[-2] + 1, self.last)]

    def between(self, start: int, end: int) -> Columns:
        """Return the rows with start <= ts <= end, rounded as they are stored; of a file only once it is closed."""
        if self._closed:
            return read_file(self._series.kind, self.path, start, end)
        return _between(from_table(self._series.kind, pa.concat_tables(self._held)), start, end)

    def _write(self) -> None:
        table = pa.concat_tables(self._held)
        if self._file is None:
            # Measured on two million bars: 0.7 s and 61 MB, where the defaults take 1.7 s and 84 MB.
            names = table.schema.names
            self._file = pq.ParquetWriter(
                self.path,
                table.schema,
                compression="zstd",
                use_dictionary=[name for name in _REPEATED if name in names],
                column_encoding={name: "DELTA_BINARY_PACKED" for name in _TIMES if name in names},
                write_statistics=["ts_init", "ts_event"],
            )
        self._file.write_table(table, row_group_size=GROUP_ROWS)
        self._held = []
