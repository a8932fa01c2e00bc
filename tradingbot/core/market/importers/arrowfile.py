# file: core/market/importers/arrowfile.py
"""Parquet and Feather files as sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

from tradingbot.core.market.chunks import CHUNK_ROWS
from tradingbot.core.market.importers.refusal import empty, readable
from tradingbot.core.market.importers.sheet import Read, Sheet

__all__ = ["feather_sheet", "parquet_sheet"]

_PEEK_ROWS = 4_096
_SAMPLE_ROWS = 5


def parquet_sheet(path: Path) -> Sheet:
    """Open a Parquet file; batches are decoded one at a time."""
    with readable(path), pq.ParquetFile(path) as file:
        schema, rows = file.schema_arrow, file.metadata.num_rows

    def batches(names: Sequence[str], size: int) -> Iterator[pa.RecordBatch]:
        with readable(path), pq.ParquetFile(path, pre_buffer=False) as file:
            yield from file.iter_batches(size, columns=list(names))

    def read(names: Sequence[str], types: Mapping[str, pa.DataType], /) -> Iterator[pa.RecordBatch]:
        return batches(names, CHUNK_ROWS)

    def peek(names: Sequence[str], types: Mapping[str, pa.DataType], /) -> Iterator[pa.RecordBatch]:
        return batches(names, _PEEK_ROWS)

    return _sheet(path, schema, rows, read, peek)


def feather_sheet(path: Path) -> Sheet:
    """Open a Feather (Arrow IPC) file, memory-mapped."""
    with readable(path), pa.memory_map(str(path)) as raw:
        file = ipc.open_file(raw)
        schema = file.schema
        rows = sum(file.get_batch(index).num_rows for index in range(file.num_record_batches))

    def read(names: Sequence[str], types: Mapping[str, pa.DataType], /) -> Iterator[pa.RecordBatch]:
        with readable(path), pa.memory_map(str(path)) as raw:
            file = ipc.open_file(raw, options=ipc.IpcReadOptions(included_fields=_indices(schema, names)))
            for index in range(file.num_record_batches):
                yield file.get_batch(index)

    return _sheet(path, schema, rows, read, read)


def _indices(schema: pa.Schema, names: Sequence[str]) -> list[int]:
    return [schema.get_field_index(name) for name in names]


def _sheet(path: Path, schema: pa.Schema, rows: int, read: Read, peek: Read) -> Sheet:
    if not rows:
        raise empty(path)
    types = {field.name: field.type for field in schema if not pa.types.is_nested(field.type)}
    head = next(peek(list(types), {})).slice(0, _SAMPLE_ROWS)
    sample = {name: _as_text(head.column(name)) for name in types}
    return Sheet(path, tuple(types), True, sample, types, rows, read, peek, "columns")


def _as_text(column: pa.Array) -> tuple[str, ...]:
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    return tuple("" if value is None else str(value) for value in column.to_pylist())
