# file: core/market/importers/filetypes.py
"""File types recognised by content: delimited text, JSON lists, Parquet and Feather, opened as sheets."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

from tradingbot.core.market.chunks import CHUNK_ROWS
from tradingbot.core.market.importers.sheet import (
    Batches,
    Container,
    Sheet,
    Types,
    no_data_rows,
    open_container,
    readable,
    unreadable,
)

_DELIMITERS = ",;\t|"
_BLOCK_BYTES = 1 << 20
"""Arrow reads some 30 blocks ahead: larger ones cost memory and gain no speed."""
_PEEK_BYTES = 1 << 18
_PEEK_ROWS = 4_096
_SAMPLE_ROWS = 5
_MOST_BYTES = 64 << 20


def open_sheet(path: Path) -> Sheet:
    """Open Parquet, Feather, delimited text or JSON lists; the latter two also inside gzip or zip.

    Raises DataDefect when the file is absent, empty, or none of these.
    """
    with readable(path), path.open("rb") as raw:
        magic = raw.read(6)
    if magic[:4] == b"PAR1":
        return _parquet_sheet(path)
    if magic == b"ARROW1":
        return _feather_sheet(path)
    if magic[:4] == b"FEA1":
        raise unreadable(path, "it is Feather version 1; save it again as version 2, Parquet or CSV")
    container = open_container(path)
    return _json_sheet(container) if container.head.lstrip()[:1] == b"[" else _text_sheet(container)


def _text_sheet(container: Container) -> Sheet:
    """Tell delimiter and header from the first lines."""
    rows, delimiter = _first_rows(container)
    first = rows[0]
    header = not any(map(_is_number, first))
    unique = (name if first.index(name) == place else f"{name}#{place}" for place, name in enumerate(first))
    names = tuple(unique if header else map(str, range(len(first))))
    body = rows[header:]
    if not body:
        raise no_data_rows(container.path)
    sample = {name: tuple(row[place] if place < len(row) else "" for row in body) for place, name in enumerate(names)}

    def batches(types: Types, small: bool) -> Iterator[pa.RecordBatch]:
        block = _PEEK_BYTES if small else _BLOCK_BYTES
        with readable(container.path), container.stream() as stream:
            yield from pacsv.open_csv(
                stream,
                pacsv.ReadOptions(column_names=list(names), skip_rows=int(header), block_size=block),
                pacsv.ParseOptions(delimiter=delimiter),
                pacsv.ConvertOptions(include_columns=list(types), column_types=dict(types), strings_can_be_null=True),
            )

    return Sheet(container.path, names, header, sample, {}, None, batches, "text")


def _first_rows(container: Container) -> tuple[list[list[str]], str]:
    head = container.head
    if b"\x00" in head:
        raise unreadable(container.path, "it is neither text, Parquet nor Feather; text must be UTF-8")
    try:
        text = head.decode("utf-8-sig", errors="strict")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            raise unreadable(container.path, f"text must be UTF-8, byte {error.start} was not") from error
        text = head[: error.start].decode("utf-8-sig")
    lines = [line for line in text.splitlines() if line.strip()][: _SAMPLE_ROWS + 1]
    delimiter = max(_DELIMITERS, key=lines[0].count)
    return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter)], delimiter


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return cell[:4].isdigit()
    return True


def _json_sheet(container: Container) -> Sheet:
    """Read the whole list: JSON cannot be streamed, so at most 64 MiB of it are taken."""
    rows = _json_rows(container)
    names = tuple(map(str, range(len(rows[0]))))
    sample = {name: tuple(str(row[int(name)]) for row in rows[:_SAMPLE_ROWS]) for name in names}

    def batches(types: Types, small: bool) -> Iterator[pa.RecordBatch]:
        with readable(container.path):
            columns = {name: [row[int(name)] for row in rows] for name in types}
            texts = {name: [None if value is None else str(value) for value in columns[name]] for name in types}
            yield pa.record_batch({name: pa.array(texts[name], pa.string()).cast(types[name]) for name in types})

    return Sheet(container.path, names, False, sample, {}, len(rows), batches, "json")


def _json_rows(container: Container) -> list[list[object]]:
    with readable(container.path), container.stream() as stream:
        raw = bytes(stream.read(_MOST_BYTES + 1))
    if len(raw) > _MOST_BYTES:
        raise unreadable(container.path, "JSON may be 64 MiB at most, convert it to CSV or Parquet")
    try:
        rows = json.loads(raw)
    except ValueError as error:
        raise unreadable(container.path, f"it is not JSON: {error}") from error
    if rows == []:
        raise no_data_rows(container.path)
    lists = isinstance(rows, list) and all(isinstance(row, list) for row in rows)
    if not lists or len({len(row) for row in rows}) != 1:
        raise unreadable(container.path, "JSON must be a list of equally long lists, one per candle")
    return list(rows)


def _parquet_sheet(path: Path) -> Sheet:
    with readable(path), pq.ParquetFile(path) as file:
        schema, rows = file.schema_arrow, file.metadata.num_rows

    def batches(types: Types, small: bool) -> Iterator[pa.RecordBatch]:
        with readable(path), pq.ParquetFile(path, pre_buffer=False) as file:
            yield from file.iter_batches(_PEEK_ROWS if small else CHUNK_ROWS, columns=list(types))

    return _typed_sheet(path, schema, rows, batches)


def _feather_sheet(path: Path) -> Sheet:
    with readable(path), pa.memory_map(str(path)) as raw:
        file = ipc.open_file(raw)
        schema = file.schema
        rows = sum(file.get_batch(index).num_rows for index in range(file.num_record_batches))

    def batches(types: Types, small: bool) -> Iterator[pa.RecordBatch]:
        fields = [schema.get_field_index(name) for name in types]
        with readable(path), pa.memory_map(str(path)) as raw:
            file = ipc.open_file(raw, options=ipc.IpcReadOptions(included_fields=fields))
            for index in range(file.num_record_batches):
                yield file.get_batch(index)

    return _typed_sheet(path, schema, rows, batches)


def _typed_sheet(path: Path, schema: pa.Schema, rows: int, batches: Batches) -> Sheet:
    if not rows:
        raise no_data_rows(path)
    types: Mapping[str, pa.DataType] = {
        field.name: field.type for field in schema if not pa.types.is_nested(field.type)
    }
    head = next(batches(types, True)).slice(0, _SAMPLE_ROWS)
    sample = {name: _as_text(head.column(name)) for name in types}
    return Sheet(path, tuple(types), True, sample, types, rows, batches, "columns")


def _as_text(column: pa.Array) -> tuple[str, ...]:
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    return tuple("" if value is None else str(value) for value in column.to_pylist())
