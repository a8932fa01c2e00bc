# file: core/market/writing.py
"""Stream rows into staged files, then lay them over what the catalog holds."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from tradingbot.core.errors import DataDefect
from tradingbot.core.market.arrays import Columns
from tradingbot.core.market.defects import moment
from tradingbot.core.market.merging import merged
from tradingbot.core.market.series import Series, file_name, interval_of
from tradingbot.core.market.seriesfiles import read_file, stored_files
from tradingbot.core.market.tables import empty, to_table
from tradingbot.core.market.transaction import Transaction

__all__ = ["Writer"]

_GROUP_ROWS = 131_072
_WINDOW_ROWS = 262_144


@dataclass(slots=True)
class _Staged:
    path: Path
    instrument: Any
    file: pq.ParquetWriter | None = None
    first: int = 0
    last: int = 0
    rows: int = 0


class Writer:
    """Take rows of any series in ascending time; `finish` merges them and plans the moves of the transaction.

    After `finish`, `new_rows` says how many rows the catalog did not have. Memory is bounded by a chunk and a window.
    """

    def __init__(self, planned: Transaction) -> None:
        self.new_rows = 0
        self._planned = planned
        self._staged: dict[Series, _Staged] = {}

    def add(self, series: Series, instrument: Any, rows: Columns) -> None:
        """Append `rows` to a series.

        Raises
        ------
        DataDefect
            When they are not in ascending order of time, or a number cannot be stored.
        """
        if not len(rows):
            return
        staged = self._staged.setdefault(series, _Staged(self._planned.new_file(), instrument))
        if (staged.rows and rows.ts[0] < staged.last) or np.any(np.diff(rows.ts) < 0):
            raise DataDefect(f"{series}: rows were not in order of time near {moment(int(rows.ts[0]))}")
        self._append(staged, series, rows)

    def finish(self) -> None:
        """Merge every staged series with the stored one."""
        for series, staged in self._staged.items():
            self._close(staged)
            self._merge(series, staged)

    def abandon(self) -> None:
        """Close the staged files; the transaction throws them away."""
        for staged in self._staged.values():
            self._close(staged)

    def cut(self, series: Series, start: int | None, end: int | None) -> int:
        """Plan the removal of the rows with start <= ts <= end; return how many they are."""
        removed = 0
        for stored in stored_files(self._planned.root, series):
            gone = read_file(series.kind, stored.path, start, end)
            if not len(gone):
                continue
            removed += len(gone)
            self._planned.remove(stored.path.relative_to(self._planned.root))
            low, high = int(gone.ts[0]), int(gone.ts[-1])
            for bounds in ((None, low - 1), (high + 1, None)):
                self._keep(series, stored.path, bounds)
        return removed

    def _keep(self, series: Series, path: Path, bounds: tuple[int | None, int | None]) -> None:
        first, last = interval_of(path)
        low, high = bounds[0] or first, bounds[1] if bounds[1] is not None else last
        if low > high:
            return
        kept = read_file(series.kind, path, low, high)
        if len(kept):
            staged = self._planned.new_file()
            with pq.ParquetFile(path) as file:
                metadata = file.schema_arrow.metadata
            table = to_table(series, _Precisions(metadata), kept)
            pq.write_table(table, staged, compression="zstd", row_group_size=_GROUP_ROWS)
            self._planned.move(staged, series.folder / file_name(int(kept.ts[0]), int(kept.ts[-1])))

    def _merge(self, series: Series, staged: _Staged) -> None:
        if not staged.rows:
            return
        root = self._planned.root
        touched = [
            stored.path
            for stored in stored_files(root, series)
            if interval_of(stored.path)[0] <= staged.last and interval_of(stored.path)[1] >= staged.first
        ]
        if not touched:
            self.new_rows += staged.rows
            self._planned.move(staged.path, series.folder / file_name(staged.first, staged.last))
            return
        result = _Staged(self._planned.folder / f"{uuid.uuid4().hex}.parquet", staged.instrument)
        new = self._lay_over(series, staged, touched, result)
        if not new:
            return
        self.new_rows += new
        for path in touched:
            self._planned.remove(path.relative_to(root))
        self._planned.move(result.path, series.folder / file_name(result.first, result.last))

    def _lay_over(self, series: Series, staged: _Staged, touched: list[Path], result: _Staged) -> int:
        first = min(staged.first, *(interval_of(path)[0] for path in touched))
        last = max(staged.last, *(interval_of(path)[1] for path in touched))

        def stored(start: int, end: int) -> Columns:
            parts = [part for path in touched if len(part := read_file(series.kind, path, start, end))]
            return type(parts[0]).join(parts) if parts else empty(series.kind)

        def fresh(start: int, end: int) -> Columns:
            return read_file(series.kind, staged.path, start, end)

        window = max(1, int((last - first + 1) * _WINDOW_ROWS / max(staged.rows, 1)) + 1)
        new = 0
        for rows, added in merged(series, stored, fresh, first, last, window):
            new += added
            if len(rows):
                self._append(result, series, rows)
        self._close(result)
        return new

    def _append(self, staged: _Staged, series: Series, rows: Columns) -> None:
        table = to_table(series, staged.instrument, rows)
        if staged.file is None:
            staged.file = pq.ParquetWriter(staged.path, table.schema, compression="zstd")
            staged.first = int(rows.ts[0])
        staged.file.write_table(table, row_group_size=_GROUP_ROWS)
        staged.last = int(rows.ts[-1])
        staged.rows += len(rows)

    @staticmethod
    def _close(staged: _Staged) -> None:
        if staged.file is not None:
            staged.file.close()
            staged.file = None


class _Precisions:
    """The precisions a file was written with, for rows that are written again."""

    def __init__(self, metadata: dict[bytes, bytes]) -> None:
        self.price_precision = int(metadata[b"price_precision"])
        self.size_precision = int(metadata.get(b"size_precision", b"0"))
