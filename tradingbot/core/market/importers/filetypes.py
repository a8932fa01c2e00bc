# file: core/market/importers/filetypes.py
"""File types told by content: delimited text, JSON lists, Parquet and Feather, opened as sheets."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

from tradingbot.core.market.chunks import CHUNK_ROWS
from tradingbot.core.market.importers.sheet import (
    Container,
    Read,
    Sheet,
    no_data_rows,
    open_container,
    readable,
    unreadable,
)

_DELIMITERS = ",;\t|"
_BLOCK_BYTES = 1 << 20
"""Arrow reads some 30 blocks ahead: larger ones cost memory and gain no speed."""
_PEEK_BYTES = 1 << 18
_SAMPLE_ROWS = 5


def text_sheet(container: Container) -> Sheet:
    """Tell delimiter and header from the first lines.

    Raises DataDefect when the content is not UTF-8 text in columns, or has a header only.
    """
    rows, delimiter = _first_rows(container)
    header = not any(_is_number(cell) for cell in rows[0])
    names = _unique(rows[0]) if header else tuple(str(index) for index in range(len(rows[0])))
    body = rows[1:] if header else rows
    if not body:
        raise no_data_rows(container.path)
    sample = {name: tuple(_cell(row, index) for row in body) for index, name in enumerate(names)}

    def read(wanted: Sequence[str], types: Mapping[str, pa.DataType], /) -> Iterator[pa.RecordBatch]:
        return _batches(container, delimiter, names, header, wanted, types, _BLOCK_BYTES)

    def peek(wanted: Sequence[str], types: Mapping[str, pa.DataType], /) -> Iterator[pa.RecordBatch]:
        return _batches(container, delimiter, names, header, wanted, types, _PEEK_BYTES)

    return Sheet(container.path, names, header, sample, {}, None, read, peek, "text")


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


def _unique(cells: list[str]) -> tuple[str, ...]:
    return tuple(cell if cells.index(cell) == index else f"{cell}#{index}" for index, cell in enumerate(cells))


def _cell(row: list[str], index: int) -> str:
    return row[index] if index < len(row) else ""


def _batches(
    container: Container,
    delimiter: str,
    names: Sequence[str],
    header: bool,
    wanted: Sequence[str],
    types: Mapping[str, pa.DataType],
    block: int,
) -> Iterator[pa.RecordBatch]:
    with readable(container.path), container.stream() as stream:
        reader = pacsv.open_csv(
            stream,
            read_options=pacsv.ReadOptions(column_names=list(names), skip_rows=int(header), block_size=block),
            parse_options=pacsv.ParseOptions(delimiter=delimiter),
            convert_options=pacsv.ConvertOptions(
                include_columns=list(wanted),
                column_types={name: types[name] for name in wanted},
                strings_can_be_null=True,
            ),
        )
        yield from reader


_MOST_BYTES = 64 << 20


def json_sheet(container: Container) -> Sheet:
    """Read the whole list: JSON cannot be streamed, so at most 64 MiB of it are taken.

    Raises DataDefect when it is longer, or anything but a list of equally long lists.
    """
    rows = _rows(container)
    names = tuple(str(index) for index in range(len(rows[0])))
    sample = {name: tuple(str(row[int(name)]) for row in rows[:_SAMPLE_ROWS]) for name in names}

    def read(wanted: Sequence[str], types: Mapping[str, pa.DataType], /) -> Iterator[pa.RecordBatch]:
        with readable(container.path):
            texts = [pa.array([_text(row[int(name)]) for row in rows], pa.string()) for name in wanted]
            columns = [text.cast(types[name]) for text, name in zip(texts, wanted, strict=True)]
            yield pa.RecordBatch.from_arrays(columns, names=list(wanted))

    return Sheet(container.path, names, False, sample, {}, len(rows), read, read, "json")


def _rows(container: Container) -> list[list[object]]:
    with readable(container.path), container.stream() as stream:
        raw = bytes(stream.read(_MOST_BYTES + 1))
    if len(raw) > _MOST_BYTES:
        raise unreadable(container.path, "JSON may be 64 MiB at most, convert it to CSV or Parquet")
    try:
        rows = json.loads(raw)
    except ValueError as error:
        raise unreadable(container.path, f"it is not JSON: {error}") from error
    if isinstance(rows, list) and not rows:
        raise no_data_rows(container.path)
    lists = isinstance(rows, list) and all(isinstance(row, list) for row in rows)
    if not lists or len({len(row) for row in rows}) != 1:
        raise unreadable(container.path, "JSON must be a list of equally long lists, one per candle")
    return list(rows)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


_PEEK_ROWS = 4_096


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
        raise no_data_rows(path)
    types = {field.name: field.type for field in schema if not pa.types.is_nested(field.type)}
    head = next(peek(list(types), {})).slice(0, _SAMPLE_ROWS)
    sample = {name: _as_text(head.column(name)) for name in types}
    return Sheet(path, tuple(types), True, sample, types, rows, read, peek, "columns")


def _as_text(column: pa.Array) -> tuple[str, ...]:
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    return tuple("" if value is None else str(value) for value in column.to_pylist())


def open_sheet(path: Path) -> Sheet:
    """Open Parquet, Feather, delimited text or JSON lists; the latter two also inside gzip or zip.

    Raises DataDefect when the file is absent, empty, or none of these.
    """
    with readable(path), path.open("rb") as raw:
        magic = raw.read(6)
    if magic[:4] == b"PAR1":
        return parquet_sheet(path)
    if magic == b"ARROW1":
        return feather_sheet(path)
    if magic[:4] == b"FEA1":
        raise unreadable(path, "it is Feather version 1; save it again as version 2, Parquet or CSV")
    container = open_container(path)
    return json_sheet(container) if container.head.lstrip()[:1] == b"[" else text_sheet(container)
