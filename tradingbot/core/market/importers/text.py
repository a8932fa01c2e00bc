# file: core/market/importers/text.py
"""Delimited text as a sheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.csv as pacsv

from tradingbot.core.market.importers.container import Container
from tradingbot.core.market.importers.refusal import empty, readable, unreadable
from tradingbot.core.market.importers.sheet import Sheet

__all__ = ["text_sheet"]

_DELIMITERS = ",;\t|"
_BLOCK_BYTES = 1 << 20
"""Arrow reads some 30 blocks ahead: larger ones cost memory and gain no speed."""
_PEEK_BYTES = 1 << 18
_SAMPLE_ROWS = 5


def text_sheet(container: Container) -> Sheet:
    """Tell delimiter and header from the first lines.

    Raises
    ------
    DataDefect
        When the content is not UTF-8 text in columns, or has a header only.
    """
    rows, delimiter = _first_rows(container)
    header = not any(_is_number(cell) for cell in rows[0])
    names = _unique(rows[0]) if header else tuple(str(index) for index in range(len(rows[0])))
    body = rows[1:] if header else rows
    if not body:
        raise empty(container.path)
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
