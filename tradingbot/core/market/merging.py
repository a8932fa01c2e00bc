# file: core/market/merging.py
"""Lay new rows over stored ones of the same series, a window of time at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields

import numpy as np

from tradingbot.core.errors import DataDefect
from tradingbot.core.market.arrays import Columns, Trades
from tradingbot.core.market.defects import moment
from tradingbot.core.market.series import Series

__all__ = ["merged"]

type Reader = Callable[[int, int], Columns]


def merged(
    series: Series, stored: Reader, new: Reader, first: int, last: int, window: int
) -> Iterator[tuple[Columns, int]]:
    """Yield (rows of both, how many of them are new) for every `window` nanoseconds from `first` to `last`.

    Both readers return the rows with start <= ts <= end. Rows that are in both once must be equal; of rows that share a
    stamp within one of them (ticks) every one is kept, and equal runs of them count as the same.

    Raises
    ------
    DataDefect
        At the first stamp where the two disagree, naming the interval.
    """
    for start in range(first, last + 1, window):
        end = min(start + window - 1, last)
        old, fresh = stored(start, end), new(start, end)
        if not len(old) or not len(fresh):
            yield (old, 0) if len(old) else (fresh, len(fresh))
            continue
        added = fresh.take(~np.isin(fresh.ts, old.ts))
        _compare(series, old.take(np.isin(old.ts, fresh.ts)), fresh.take(np.isin(fresh.ts, old.ts)), first, last)
        both = type(old).join([old, added])
        yield both.take(np.argsort(both.ts, kind="stable")), len(added)


def _compare(series: Series, old: Columns, new: Columns, first: int, last: int) -> None:
    if len(old) == len(new):
        differing = np.zeros(len(old), dtype=bool)
        for field in fields(old):
            left, right = getattr(old, field.name), getattr(new, field.name)
            if left.dtype.kind == "f":
                differing |= np.abs(left - right) > 1e-9 * np.maximum(np.abs(left), 1.0)
            elif not (isinstance(old, Trades) and field.name == "trade_id"):
                differing |= left != right
        if not differing.any():
            return
        where = int(old.ts[int(np.argmax(differing))])
    else:
        where = int(np.concatenate([old.ts, new.ts]).min())
    raise DataDefect(
        f"{series}: the file overlaps what the catalog holds between {moment(first)} and {moment(last)} and differs from it,"
        f" first at {moment(where)}; nothing was changed. Delete the interval first, or import a file that agrees"
    )
