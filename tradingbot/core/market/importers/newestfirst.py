# file: core/market/importers/newestfirst.py
"""Files that begin with the newest row, as many exchange downloads do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tradingbot.core.market.arrays import Ints
from tradingbot.core.market.chunks import Chunk, stamps, take
from tradingbot.core.market.spill import Spill

__all__ = ["is_newest_first", "oldest_first"]


def is_newest_first(ts: Ints) -> bool:
    """Tell by a file's first stamps: at least two instants, and 99 of 100 steps go back or stand still."""
    steps = np.diff(ts)
    return bool((steps < 0).any() and (steps <= 0).mean() >= 0.99)


def oldest_first(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Yield all rows in the opposite order, one chunk in memory at a time."""
    with Spill() as spill:
        for chunk in chunks:
            if len(stamps(chunk)):
                spill.keep(chunk)
        for index in reversed(range(len(spill))):
            yield take(spill.load(index, 0, spill.rows(index)), slice(None, None, -1))
