# file: core/market/importers/jsonrows.py
"""A JSON list of lists, as exchanges' candle endpoints answer, as a sheet without header."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from tradingbot.core.market.importers.container import Container
from tradingbot.core.market.importers.refusal import empty, readable, unreadable
from tradingbot.core.market.importers.sheet import Sheet

__all__ = ["json_sheet"]

_MOST_BYTES = 64 << 20
_SAMPLE_ROWS = 5


def json_sheet(container: Container) -> Sheet:
    """Read the whole list: JSON cannot be streamed, so at most 64 MiB of it are taken.

    Raises
    ------
    DataDefect
        When it is longer, or anything but a list of equally long lists.
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
        raise empty(container.path)
    lists = isinstance(rows, list) and all(isinstance(row, list) for row in rows)
    if not lists or len({len(row) for row in rows}) != 1:
        raise unreadable(container.path, "JSON must be a list of equally long lists, one per candle")
    return list(rows)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
