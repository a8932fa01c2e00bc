# file: core/market/catalog/merging.py
"""Merge new rows with stored ones of the same series, a window of time at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields

import numpy as np

from tradingbot.core.arrays import BoolArray, Floats, Ints
from tradingbot.core.errors import DataDefect
from tradingbot.core.market.checks.defects import moment
from tradingbot.core.market.columns import Bars, Columns, Funding, Kind
from tradingbot.core.market.series import Series

type Reader = Callable[[int, int], Columns]

SLACK_NS = {Kind.FUNDING: 30_000_000_000}
"""Stamps this close are the same event: sources publish a settlement some milliseconds late, not all as late."""

_TOLERANCE = 1e-9
_FEWEST, _MOSTLY = 5, 0.9
_LABELS = ("trade_id", "interval")
"""Two files of the same events may number trades, and guess funding intervals, each in its own way."""


def windows(first: int, last: int, groups: Iterable[tuple[int, int]], rows: int) -> list[tuple[int, int]]:
    """Cut `first` to `last` into stretches of time, both ends included, of about `rows` rows each.

    `groups` are (last stamp, rows) of the pieces in which the rows lie in their files.
    """
    spans, start, held = [], first, 0
    for end, count in sorted(groups):
        held += count
        if held >= rows and start <= end < last:
            spans.append((start, end))
            start, held = end + 1, 0
    return [*spans, (start, last)]


def merged(
    series: Series, stored: Reader, new: Reader, spans: Sequence[tuple[int, int]]
) -> Iterator[tuple[Columns, BoolArray]]:
    """Yield (rows of both, which of them are new) for each of the `spans`, which follow one another.

    Both readers return the rows with start <= ts <= end. Rows that are in both once must be equal; of rows that share a
    stamp within one of them (ticks) every one is kept, and equal runs of them count as the same.

    Raises DataDefect when the two disagree, naming the interval and the first stamp.
    """
    interval = spans[0][0], spans[-1][1]
    for start, end in spans:
        old, fresh = stored(start, end), new(start, end)
        if not len(old) or not len(fresh):
            yield (old, np.zeros(len(old), np.bool_)) if len(old) else (fresh, np.ones(len(fresh), np.bool_))
            continue
        old_keys, new_keys = _keys(series, old.ts), _keys(series, fresh.ts)
        known = _among(new_keys, old_keys)
        _compare(series, old.take(_among(old_keys, new_keys)), fresh.take(known), interval)
        if known.all():
            yield old, np.zeros(len(old), np.bool_)
            continue
        both = type(old).join([old, fresh.take(~known)])
        order = np.argsort(both.ts, kind="stable")
        yield both.take(order), order >= len(old)


def _keys(series: Series, ts: Ints) -> Ints:
    slack = SLACK_NS.get(series.kind, 0)
    return (ts + slack) // (2 * slack) if slack else ts


def _among(values: Ints, sorted_others: Ints) -> BoolArray:
    if len(values) == len(sorted_others) and np.array_equal(values, sorted_others):
        return np.ones(len(values), np.bool_)
    at = np.minimum(np.searchsorted(sorted_others, values), len(sorted_others) - 1)
    return np.asarray(sorted_others[at] == values, np.bool_)


def _compare(series: Series, old: Columns, new: Columns, interval: tuple[int, int]) -> None:
    if len(old) == len(new):
        names = [field.name for field in fields(old) if field.name not in _LABELS]
        loose = isinstance(old, Funding)
        differing = {name: _unequal(name, getattr(old, name), getattr(new, name), loose) for name in names}
        rows = np.logical_or.reduce(list(differing.values()))
        if not rows.any():
            return
        row = int(np.argmax(rows))
        name = next(name for name in names if differing[name][row])
        values = f"{name} was {getattr(old, name)[row]:.12g} and is {getattr(new, name)[row]:.12g}"
        where, how = int(old.ts[row]), f"{values}, in {int(rows.sum())} of {len(rows)} rows of the same time"
        how += _shifted(old, new)
    else:
        where, how = _first_uneven(old.ts, new.ts), "one of them has more rows of that time"
    raise DataDefect(
        f"{series}: the file overlaps what the catalog holds between {moment(interval[0])} and {moment(interval[1])} "
        f"and differs from it, first at {moment(where)}, where {how}; nothing was imported. Delete the interval first, "
        f"or import a file that agrees"
    )


def _shifted(old: Columns, new: Columns) -> str:
    """Say that the same bars stand one later or earlier: one of the two was read as stamped at their other end."""
    if not isinstance(old, Bars) or not isinstance(new, Bars) or len(old) < _FEWEST:
        return ""
    for mine, theirs in ((new.close[1:], old.close[:-1]), (new.close[:-1], old.close[1:])):
        if (mine == theirs).mean() > _MOSTLY:
            return " (the same bars one row apart: are they stamped at their open or close? see --stamp)"
    return ""


def _unequal(name: str, left: Floats | Ints, right: Floats | Ints, loose_time: bool) -> BoolArray:
    if left.dtype.kind == "f":
        return np.asarray(np.abs(left - right) > _TOLERANCE * np.abs(left), np.bool_)
    if name == "ts" and loose_time:
        return np.zeros(len(left), np.bool_)
    return np.asarray(left != right, np.bool_)


def _first_uneven(old: Ints, new: Ints) -> int:
    """Return the first stamp that one of the two has more often."""
    shorter = min(len(old), len(new))
    apart = np.flatnonzero(old[:shorter] != new[:shorter])
    if len(apart):
        return int(min(old[apart[0]], new[apart[0]]))
    return int((old if len(old) > len(new) else new)[shorter])
