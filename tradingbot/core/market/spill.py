# file: core/market/spill.py
"""Market data set aside on disk, so that reordering a file needs no memory for all of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import numpy.typing as npt

from tradingbot.core.market.arrays import Columns
from tradingbot.core.market.chunks import Chunk, parts, rebuild, stamps, take

__all__ = ["Spill"]


@dataclass(frozen=True, slots=True)
class _Kept:
    """Where each column of each side of one chunk lies."""

    like: Chunk
    places: tuple[tuple[tuple[int, np.dtype[np.generic]], ...], ...]
    rows: int


class Spill:
    """Keep chunks in an unnamed temporary file and read any rows of any of them back.

    Takes the disk space of the uncompressed columns; gone when closed.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__
        self._kept: list[_Kept] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._kept)

    def rows(self, index: int) -> int:
        """Return the number of rows of the chunk kept as number `index`."""
        return self._kept[index].rows

    def keep(self, chunk: Chunk) -> None:
        """Set a chunk aside."""
        places = tuple(tuple(self._write(column) for column in _columns(part)) for part in parts(chunk))
        # An index copies; a slice would be a view that keeps the whole chunk in memory.
        empty = take(chunk, np.empty(0, np.int64))
        self._kept.append(_Kept(empty, places, len(stamps(chunk))))

    def load(self, index: int, start: int, stop: int) -> Chunk:
        """Return rows `start` to `stop` of the chunk kept as number `index`."""
        kept = self._kept[index]
        stop = min(stop, kept.rows)
        sides = [
            _made(type(part), (self._read(offset, dtype, start, stop) for offset, dtype in places))
            for part, places in zip(parts(kept.like), kept.places, strict=True)
        ]
        return rebuild(kept.like, tuple(sides))

    def _write(self, column: npt.NDArray[np.generic]) -> tuple[int, np.dtype[np.generic]]:
        offset = self._file.seek(0, 2)
        self._file.write(np.ascontiguousarray(column).data if column.dtype.kind != "U" else column.tobytes())
        return offset, column.dtype

    def _read(self, offset: int, dtype: np.dtype[np.generic], start: int, stop: int) -> npt.NDArray[np.generic]:
        self._file.seek(offset + start * dtype.itemsize)
        return np.frombuffer(self._file.read((stop - start) * dtype.itemsize), dtype)


def _made(kind: Callable[..., Columns], columns: Iterable[npt.NDArray[np.generic]]) -> Columns:
    return kind(*columns)


def _columns(part: Columns) -> list[npt.NDArray[np.generic]]:
    return [getattr(part, field.name) for field in fields(part)]
