# file: core/market/staged.py
"""One Parquet file being written, in Nautilus' layout and in the encoding that is fastest to write and read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from tradingbot.core.market.arrays import Columns
from tradingbot.core.market.series import Series
from tradingbot.core.market.tables import to_table

__all__ = ["GROUP_ROWS", "Precisions", "Staged"]

GROUP_ROWS = 131_072

_TIMES = ("ts_event", "ts_init", "next_funding_ns")
_REPEATED = ["aggressor_side", "identifier"]


@dataclass(frozen=True, slots=True)
class Precisions:
    """The decimals a file was written with, in place of an instrument, for rows that are written again."""

    price_precision: int
    size_precision: int

    @classmethod
    def of(cls, path: Path) -> Self:
        """Read them from a stored file."""
        metadata = pq.read_schema(path).metadata
        return cls(int(metadata[b"price_precision"]), int(metadata.get(b"size_precision", b"0")))


class Staged:
    """Append rows of one series, ascending in time; `first`, `last` and `rows` tell what is in the file so far.

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
        self._closed = False

    def append(self, rows: Columns) -> None:
        """Write rows; errors as in `to_table`."""
        if self._closed:
            raise ValueError(f"{self._series}: rows were added after its file was closed")
        if not len(rows):
            return
        table = to_table(self._series, self.instrument, rows)
        if self._file is None:
            self._file = self._opened(table.schema)
            self.first = int(rows.ts[0])
        self._file.write_table(table, row_group_size=GROUP_ROWS)
        self.last = int(rows.ts[-1])
        self.rows += len(rows)

    def close(self) -> None:
        """End the file; nothing more is appended."""
        self._closed = True
        if self._file is not None:
            self._file.close()
            self._file = None

    def _opened(self, schema: pa.Schema) -> pq.ParquetWriter:
        """Measured on two million bars: 0.7 s and 61 MB, where the defaults take 1.7 s and 84 MB."""
        return pq.ParquetWriter(
            self.path,
            schema,
            compression="zstd",
            use_dictionary=[name for name in _REPEATED if name in schema.names],
            column_encoding={name: "DELTA_BINARY_PACKED" for name in _TIMES if name in schema.names},
            write_statistics=["ts_init", "ts_event"],
        )
