# file: core/market/download/windows.py
"""Download windows: a period cut into stretches that are asked for and stored whole; which stamps are still wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from tradingbot.core.arrays import Ints
from tradingbot.core.market.catalog.origins import Interval
from tradingbot.core.time import DAY

LONGEST = 60 * DAY
"""A window's length at most: what a killed download has to ask for again."""


def period(start: int, end: int, step_ns: int) -> Interval:
    """Return the closes of the first and last whole bar of `start` to `end`, on the grid of the step from 1970 on."""
    return -(-start // step_ns) * step_ns + step_ns, end // step_ns * step_ns


def windows(first: int, last: int, step_ns: int) -> Iterator[Interval]:
    """Yield the period in windows, both ends included, that end on a whole number of steps."""
    length = max(LONGEST // step_ns, 1) * step_ns
    for begin in range(first, last + 1, length):
        yield begin, min(begin + length - step_ns, last)


def grid(first: int, last: int, step_ns: int) -> Ints:
    """Return the stamps of every bar that closes in the window."""
    # numpy counts the rows of a range of large numbers in floats, and may lose the last.
    return first + np.arange(max((last - first) // step_ns + 1, 0), dtype=np.int64) * step_ns


def outside(ts: Ints, intervals: Iterable[Interval]) -> Ints:
    """Return the stamps that lie in none of the intervals."""
    for first, last in intervals:
        ts = ts[(ts < first) | (ts > last)]
    return ts


def stretches(ts: Ints, step_ns: int) -> list[Interval]:
    """Return first and last of each run of stamps (ascending) no more than a step apart."""
    if not len(ts):
        return []
    edges = np.flatnonzero(np.diff(ts) > step_ns)
    firsts, lasts = ts[np.concatenate([[0], edges + 1])], ts[np.concatenate([edges, [len(ts) - 1]])]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))
