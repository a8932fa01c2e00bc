# file: core/market/zones.py
"""When the clocks of a time zone change, as arrays, for whole columns of time stamps at once."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from tradingbot.core.market.arrays import Ints

__all__ = ["Changes", "changes", "zone_offsets"]

_SECOND = 1_000_000_000
_FIRST = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp())
_LAST = int(datetime(2101, 1, 1, tzinfo=UTC).timestamp())
_PACE = 4 * 86_400
"""Two changes never lie within four days of each other: Morocco's pause for Ramadan, the shortest, lasts weeks."""


class Changes(NamedTuple):
    """The UTC nanoseconds `at` which each `offset` (what is added to UTC, nanoseconds) begins, from 1990 to 2100."""

    at: Ints
    offset: Ints


@cache
def changes(name: str) -> Changes:
    """Return the changes of the zone `name` of the tz database; what holds first begins with 1990.

    Raises
    ------
    KeyError, ValueError, OSError
        When the database has no such zone.
    """
    zone = ZoneInfo(name)
    at, offset = [_FIRST], [_offset(zone, _FIRST)]
    for second in range(_FIRST + _PACE, _LAST, _PACE):
        if _offset(zone, second) != offset[-1]:
            at.append(_first_of(zone, second - _PACE, second))
            offset.append(_offset(zone, second))
    return Changes(np.array(at, np.int64) * _SECOND, np.array(offset, np.int64) * _SECOND)


def zone_offsets(ts: Ints, name: str) -> Ints:
    """Return what to add to each UTC stamp to read the zone's clock, in nanoseconds."""
    at, offset = changes(name)
    return offset[np.maximum(np.searchsorted(at, ts, side="right") - 1, 0)]


def _first_of(zone: ZoneInfo, before: int, after: int) -> int:
    old = _offset(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if _offset(zone, middle) == old else (before, middle)
    return after


def _offset(zone: ZoneInfo, second: int) -> int:
    there = datetime.fromtimestamp(second, zone).utcoffset()
    return 0 if there is None else int(there.total_seconds())
