# file: core/market/calendars/clocks.py
"""Time zones and wall clocks as UTC, with readings that are ambiguous or nonexistent at a clock change.

A stamp that names no instant must not look like one, wherever it goes; so it becomes one of the years 1684 and 1716,
which every check, repair and store refuses, and keeps what it might have been for the report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from tradingbot.core.arrays import Ints
from tradingbot.core.errors import BadInput
from tradingbot.core.time import MINUTE, SECOND

LAST_TIME = 4_102_444_800_000_000_000
"""2100-01-01: what a clock shows from then on is no time of ours."""

_FIRST_SECOND = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp())
_LAST_SECOND = int(datetime(2101, 1, 1, tzinfo=UTC).timestamp())
_PACE = 4 * 86_400
"""Two changes never lie within four days of each other: Morocco's pause for Ramadan, the shortest, lasts weeks."""

_MOST_MINUTES = 14 * 60
_HOURS = r"(?P<sign>[+-])\s*(?P<hours>\d{1,2})h(?:(?P<minutes>\d{1,2})m?)?"
_OFFSET = re.compile(rf"(?:UTC|GMT)?\s*(?:{_HOURS}|(?P<side>[+-])(?P<hh>\d{{1,2}})(?::?(?P<mm>\d\d))?)", re.IGNORECASE)
_SHIFTED = re.compile(rf"(?P<zone>.*[^\s+-])\s*{_HOURS}")

_TWICE = -9_000_000_000_000_000_000
_NEVER = -8_000_000_000_000_000_000
_WIDTH = 10_000_000_000_000_000
_MICRO = 1_000


class ZoneTransitions(NamedTuple):
    """The UTC nanoseconds `at` which each `offset` (what is added to UTC, nanoseconds) begins, from 1990 to 2100."""

    at: Ints
    offset: Ints


@cache
def zone_transitions(name: str) -> ZoneTransitions:
    """Return the changes of the zone `name` of the tz database; what holds first begins with 1990.

    Raises KeyError, ValueError, OSError when the database has no such zone.
    """
    zone = ZoneInfo(name)
    at, offset = [_FIRST_SECOND], [_offset(zone, _FIRST_SECOND)]
    for second in range(_FIRST_SECOND + _PACE, _LAST_SECOND, _PACE):
        if _offset(zone, second) != offset[-1]:
            at.append(_first_of(zone, second - _PACE, second))
            offset.append(_offset(zone, second))
    return ZoneTransitions(np.array(at, np.int64) * SECOND, np.array(offset, np.int64) * SECOND)


def zone_offsets(ts: Ints, name: str) -> Ints:
    """Return what to add to each UTC stamp to read the zone's clock, in nanoseconds."""
    at, offset = zone_transitions(name)
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


class Instants(NamedTuple):
    """What wall-clock readings mean in UTC nanoseconds.

    `first` is the instant, the earlier one where the clock was set back and shows a reading twice. `again` is how much
    later the second is: 0 where there is none, negative where the clock was set forward past the reading and never
    showed it (`first` is then what it would have been without the change).
    """

    first: Ints
    again: Ints


@dataclass(frozen=True, slots=True)
class Clock:
    """A wall clock: `ahead` nanoseconds ahead of a zone of the tz database, or of UTC where `zone` is None.

    `given` says that a person named the offset as a number: it is then taken as given, whatever markets suggest.
    """

    name: str
    zone: str | None = None
    ahead: int = 0
    given: bool = False

    def wall(self, ts: Ints) -> Ints:
        """Return what the clock shows at UTC nanoseconds."""
        return ts + self.ahead if self.zone is None else ts + self.ahead + zone_offsets(ts, self.zone)

    def utc(self, wall: Ints) -> Instants:
        """Return the instants at which the clock shows `wall`; readings before 1970 or after 2100 are left alone."""
        if self.zone is None:
            return Instants(wall - self.ahead, np.zeros(len(wall), np.int64))
        at, offset = zone_transitions(self.zone)
        shown = wall - self.ahead
        early = np.minimum(np.searchsorted(at[1:] + offset[:-1], shown, side="right"), len(at) - 1)
        late = np.maximum(np.searchsorted(at + offset, shown, side="right") - 1, 0)
        never = late < early
        first = shown - np.where(never, offset[late], offset[early])
        again = np.where(never, -1, offset[early] - offset[late])
        known = (wall > 0) & (wall < LAST_TIME)
        return Instants(np.where(known, first, wall), np.where(known, again, 0))


UTC_CLOCK = Clock("UTC")


def parse_clock(text: str) -> Clock:
    """Read `Europe/Athens`, `UTC+2`, `+02:00`, `-5h30m` or `America/New_York+7h`.

    Raises BadInput when it is anything else.
    """
    name = text.strip()
    if name.upper() in ("UTC", "GMT", "Z"):
        return UTC_CLOCK
    if _is_zone(name):
        fixed = name.startswith("Etc/")
        return Clock(name, None, int(zone_transitions(name).offset[-1]), given=True) if fixed else Clock(name, name)
    if (match := _OFFSET.fullmatch(name)) and (ahead := _ahead(match)) is not None:
        return Clock(name, None, ahead, given=True)
    if (match := _SHIFTED.fullmatch(name)) and _is_zone(match["zone"]) and (ahead := _ahead(match)) is not None:
        return Clock(name, match["zone"], ahead)
    raise BadInput(
        f"time zone was {text!r}, allowed is a zone such as Europe/Athens, an offset from UTC of at most 14 hours such"
        " as +03:00 or UTC+2, or a zone with a shift such as America/New_York+7h"
    )


def _is_zone(name: str) -> bool:
    try:
        zone_transitions(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _ahead(match: re.Match[str]) -> int | None:
    parts = match.groupdict()
    minutes = int(parts["minutes"] or parts.get("mm") or 0)
    total = int(parts["hours"] or parts.get("hh") or 0) * 60 + minutes
    if minutes > 59 or total > _MOST_MINUTES:
        return None
    return total * MINUTE if "+" in (parts["sign"], parts.get("side")) else -total * MINUTE


class Doubt(IntEnum):
    """Why a row's instant is not known."""

    NONE = 0
    TWICE = 1
    NEVER = 2


def mark_doubtful(ts: Ints, doubt: Ints) -> Ints:
    """Return UTC nanoseconds with the doubtful ones hidden; `doubt` holds a `Doubt` each."""
    if not doubt.any():
        return ts
    hidden = ts // _MICRO
    return np.where(doubt == Doubt.TWICE, _TWICE + hidden, np.where(doubt == Doubt.NEVER, _NEVER + hidden, ts))


def doubts(ts: Ints) -> Ints:
    """Return the `Doubt` of each stamp."""
    twice, never = ((ts >= base) & (ts < base + _WIDTH) for base in (_TWICE, _NEVER))
    return np.where(twice, int(Doubt.TWICE), np.where(never, int(Doubt.NEVER), int(Doubt.NONE)))


def suspected_times(ts: Ints) -> Ints:
    """Return what hidden stamps might have been, to the microsecond, and the others as they are."""
    doubt = doubts(ts)
    shown = np.where(doubt == Doubt.TWICE, ts - _TWICE, ts - _NEVER) * _MICRO
    return np.where(doubt == Doubt.NONE, ts, shown)
