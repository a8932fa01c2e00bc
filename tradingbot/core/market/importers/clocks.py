# file: core/market/importers/clocks.py
"""Wall clocks as UTC: a time zone's name, or a fixed offset such as +03:00."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from tradingbot.core.errors import BadInput
from tradingbot.core.market.arrays import Ints

__all__ = ["check_clock", "to_utc"]

_DAY = 86_400_000_000_000
_LAST = 4_102_444_800_000_000_000
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d\d))?")


def check_clock(tz: str) -> None:
    """Refuse a clock nobody knows.

    Raises
    ------
    BadInput
        When `tz` is neither a zone of the tz database nor an offset.
    """
    if _offset(tz) is None:
        _zone(tz)


def to_utc(wall: Ints, tz: str) -> Ints:
    """Return the UTC nanoseconds of wall-clock nanoseconds.

    A clock that is set back shows one hour twice: the first of the two is meant.
    """
    if tz == "UTC":
        return wall
    if (offset := _offset(tz)) is not None:
        return wall - offset
    zone = _zone(tz)
    known = (wall > 0) & (wall < _LAST)
    if not known.all():
        shifted = wall.copy()
        shifted[known] = to_utc(wall[known], tz)
        return shifted
    days = np.unique(wall // _DAY)
    edges = np.unique(np.concatenate([days, days + 1]))
    at_edge = dict(zip(edges.tolist(), (_offset_at(zone, int(day) * _DAY) for day in edges), strict=True))
    start = np.array([at_edge[day] for day in days.tolist()], np.int64)
    end = np.array([at_edge[day + 1] for day in days.tolist()], np.int64)
    place = np.searchsorted(days, wall // _DAY)
    shift = start[place]
    changing = np.flatnonzero((start != end)[place])
    if len(changing):
        shift[changing] = [_offset_at(zone, int(value)) for value in wall[changing]]
    return np.asarray(wall - shift, np.int64)


def _offset(tz: str) -> int | None:
    if tz in ("UTC", "Z"):
        return 0
    if not (found := _OFFSET.fullmatch(tz)):
        return None
    minutes = int(found[2]) * 60 + int(found[3] or 0)
    return (1 if found[1] == "+" else -1) * minutes * 60_000_000_000


def _zone(tz: str) -> ZoneInfo:
    try:
        return ZoneInfo(tz)
    except (KeyError, ValueError, OSError) as error:
        allowed = "a zone such as Europe/Athens or an offset such as +03:00"
        raise BadInput(f"time zone was {tz!r}, allowed is {allowed}") from error


def _offset_at(zone: ZoneInfo, wall: int) -> int:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=wall // 1000)
    shift = moment.replace(tzinfo=zone).utcoffset()
    return int((shift or timedelta()).total_seconds()) * 1_000_000_000
