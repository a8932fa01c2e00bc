# file: core/market/chunks.py
"""Chunks of market data: cut and joined, spilled to disk, and sorted by time by an external merge sort."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Self, cast

import numpy as np
import numpy.typing as npt

from tradingbot.core.arrays import BoolArray, Ints
from tradingbot.core.market.columns import Bars, Columns, Funding, Marks, PriceSide, Quotes, Trades

CHUNK_ROWS = 262_144
_FEWEST_ROWS = 1_024

type Chunk = Bars | Quotes | Trades | Funding | Marks | dict[PriceSide, Bars]


def parts(chunk: Chunk) -> tuple[Columns, ...]:
    """Return the columns of every side, one for a chunk without sides."""
    return tuple(chunk.values()) if isinstance(chunk, dict) else (chunk,)


def rebuild(like: Chunk, columns: tuple[Columns, ...]) -> Chunk:
    """Return `columns` in the shape of `like`: the inverse of `parts`."""
    if isinstance(like, dict):
        return dict(zip(like, cast(tuple[Bars, ...], columns), strict=True))
    return cast(Chunk, columns[0])


def stamps(chunk: Chunk) -> Ints:
    """Return the time stamps, which all sides share."""
    return parts(chunk)[0].ts


def take(chunk: Chunk, index: slice | BoolArray | Ints) -> Chunk:
    """Return the rows `index` selects, of every side."""
    return rebuild(chunk, tuple(part.take(index) for part in parts(chunk)))


def join(chunks: list[Chunk]) -> Chunk:
    """Return the rows of all chunks, one after the other."""
    columns = zip(*(parts(chunk) for chunk in chunks), strict=True)
    return rebuild(chunks[0], tuple(type(some[0]).join(some) for some in columns))


def grouped(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """Yield the same rows in chunks of more than half of `CHUNK_ROWS` and at most `CHUNK_ROWS`, but for the last."""
    held: list[Chunk] = []
    rows = 0
    for chunk in chunks:
        for piece in cut(chunk, CHUNK_ROWS // 2):
            held.append(piece)
            rows += len(stamps(piece))
            if rows > CHUNK_ROWS // 2:
                yield join(held)
                held, rows = [], 0
    if held:
        yield join(held)


def cut(chunk: Chunk, rows: int = CHUNK_ROWS) -> Iterator[Chunk]:
    """Yield the chunk in pieces of at most `rows`."""
    for start in range(0, len(stamps(chunk)), rows):
        yield take(chunk, slice(start, start + rows))


@dataclass(frozen=True, slots=True)
class _Kept:
    """Offset and type of each column of each side of one chunk."""

    like: Chunk
    columns: tuple[tuple[tuple[int, np.dtype[np.generic]], ...], ...]
    rows: int


class Spill:
    """Keep chunks in an unnamed temporary file and read any rows of any of them back.

    Takes the disk space of the uncompressed columns until it is closed.
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
        columns = tuple(
            tuple(self._write(getattr(part, field.name)) for field in fields(part)) for part in parts(chunk)
        )
        # An index copies; a slice would be a view that keeps the whole chunk in memory.
        empty = take(chunk, np.empty(0, np.int64))
        self._kept.append(_Kept(empty, columns, len(stamps(chunk))))

    def load(self, index: int, start: int, stop: int) -> Chunk:
        """Return rows `start` to `stop` of the chunk kept as number `index`."""
        kept = self._kept[index]
        stop = min(stop, kept.rows)
        sides = tuple(
            type(part)(*(self._read(offset, dtype, start, stop) for offset, dtype in columns))  # type: ignore[arg-type]
            for part, columns in zip(parts(kept.like), kept.columns, strict=True)
        )
        return rebuild(kept.like, sides)

    def _write(self, column: npt.NDArray[np.generic]) -> tuple[int, np.dtype[np.generic]]:
        offset = self._file.seek(0, 2)
        self._file.write(np.ascontiguousarray(column).data if column.dtype.kind != "U" else column.tobytes())
        return offset, column.dtype

    def _read(self, offset: int, dtype: np.dtype[np.generic], start: int, stop: int) -> npt.NDArray[np.generic]:
        self._file.seek(offset + start * dtype.itemsize)
        return np.frombuffer(self._file.read((stop - start) * dtype.itemsize), dtype)


def sorted_by_time(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Yield all rows by ascending time, equal stamps in their old order.

    Memory is that of two chunks up to 256 pieces (67 million rows), and grows by a thousand rows with each piece more.
    """
    with Spill() as spill:
        for chunk in chunks:
            spill.keep(take(chunk, np.argsort(stamps(chunk), kind="stable")))
        yield from grouped(_merged(spill))


def _merged(spill: Spill) -> Iterator[Chunk]:
    block = max(CHUNK_ROWS // max(len(spill), 1), _FEWEST_ROWS)
    pieces = [_Piece(spill, index, block) for index in range(len(spill))]
    while pieces := [piece for piece in pieces if piece.refill()]:
        ready = min(piece.ready for piece in pieces)
        merged = join([piece.upto(ready) for piece in pieces])
        yield take(merged, np.argsort(stamps(merged), kind="stable"))


class _Piece:
    """One sorted chunk on disk, of which a block is in memory."""

    def __init__(self, spill: Spill, index: int, block: int) -> None:
        self._spill = spill
        self._index = index
        self._block = block
        self._at = 0
        self._rows: Chunk = spill.load(index, 0, 0)

    def refill(self) -> bool:
        """Load more when the rows in memory are used up or all of one time; False when the piece is at its end."""
        while not self._at_end and (not len(stamps(self._rows)) or stamps(self._rows)[0] == stamps(self._rows)[-1]):
            more = self._spill.load(self._index, self._at, self._at + self._block)
            self._rows = join([self._rows, more])
            self._at += len(stamps(more))
        return bool(len(stamps(self._rows)))

    @property
    def ready(self) -> int:
        """The time up to which this piece's rows are all in memory."""
        return np.iinfo(np.int64).max if self._at_end else int(stamps(self._rows)[-1]) - 1

    @property
    def _at_end(self) -> bool:
        return self._at >= self._spill.rows(self._index)

    def upto(self, ts: int) -> Chunk:
        """Give the rows up to and including `ts` away."""
        count = int(np.searchsorted(stamps(self._rows), ts, side="right"))
        given, self._rows = take(self._rows, slice(0, count)), take(self._rows, slice(count, None))
        return given
