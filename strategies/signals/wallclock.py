# file: strategies/signals/wallclock.py
"""Wall clock of a trading centre: local day, weekday and minute, with summer time."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo

_SECOND = 1_000_000_000
_MINUTE = 60 * _SECOND
_QUARTER = 15 * _MINUTE
_DAY_MINUTES = 1440


class WallTime(NamedTuple):
    """A local date as days since 1970-01-01, the weekday (0 is Monday), and minutes of the day, 1 to 1440."""

    day: int
    weekday: int
    minute: int


class WallClock:
    """Read UTC nanoseconds on a local clock with its summer time. The offset is looked up once in every quarter of an
    hour, at whose edges all clocks change."""

    __slots__ = ("_offset", "_quarter", "_zone")

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._quarter = -1
        self._offset = 0

    def closing(self, ts: int) -> WallTime:
        """Return when a bar stamped `ts` closed: midnight is minute 1440 of the day that ends there."""
        before = ts - 1
        quarter = before // _QUARTER
        if quarter != self._quarter:
            self._quarter = quarter
            there = dt.datetime.fromtimestamp(before // _SECOND, self._zone).utcoffset()
            self._offset = 0 if there is None else round(there.total_seconds()) * _SECOND
        day, minute = divmod((before + self._offset) // _MINUTE, _DAY_MINUTES)
        return WallTime(day, (day + 3) % 7, minute + 1)
