# file: core/market/chunks.py
"""A bounded piece of market data on its way: the columns of one kind, or bars of several price sides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

import numpy as np
import numpy.typing as npt

from tradingbot.core.market.arrays import Bars, Columns, Funding, Ints, Marks, PriceSide, Quotes, Trades

__all__ = ["CHUNK_ROWS", "Chunk", "cut", "grouped", "join", "parts", "rebuild", "stamps", "take"]

CHUNK_ROWS = 262_144

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


def take(chunk: Chunk, index: slice | npt.NDArray[np.bool_] | Ints) -> Chunk:
    """Return the rows `index` selects, of every side."""
    return rebuild(chunk, tuple(part.take(index) for part in parts(chunk)))


def join(chunks: list[Chunk]) -> Chunk:
    """Return the rows of all chunks, one after the other."""
    columns = zip(*(parts(chunk) for chunk in chunks), strict=True)
    return rebuild(chunks[0], tuple(type(some[0]).join(list(some)) for some in columns))


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
