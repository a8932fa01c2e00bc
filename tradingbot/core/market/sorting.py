# file: core/market/sorting.py
"""Sort market data by time without holding it all: sorted pieces on disk, merged a block of each at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tradingbot.core.market.chunks import CHUNK_ROWS, Chunk, grouped, join, stamps, take
from tradingbot.core.market.spill import Spill

__all__ = ["in_order"]

_MERGED_ROWS = CHUNK_ROWS
_FEWEST_ROWS = 1_024


def in_order(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Yield all rows by ascending time, equal stamps in their old order.

    Memory is that of two chunks up to 256 pieces (67 million rows), and grows by a thousand rows with each piece more.
    """
    with Spill() as spill:
        for chunk in chunks:
            spill.keep(take(chunk, np.argsort(stamps(chunk), kind="stable")))
        yield from grouped(_merged(spill))


def _merged(spill: Spill) -> Iterator[Chunk]:
    if not len(spill):
        return
    block = max(_MERGED_ROWS // len(spill), _FEWEST_ROWS)
    pieces = [_Piece(spill, index, block) for index in range(len(spill))]
    while any(pieces := [piece for piece in pieces if piece.refill()]):
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
