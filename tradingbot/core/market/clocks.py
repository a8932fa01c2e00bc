# file: core/market/clocks.py
"""Wall clocks as UTC: a time zone, a fixed offset such as +03:00, or a zone with a shift such as New York + 7 h."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tradingbot.core.errors import BadInput
from tradingbot.core.market.arrays import Ints
from tradingbot.core.market.zones import changes, zone_offsets

__all__ = ["UTC", "Clock", "Instants", "parse_clock"]

_MINUTE = 60_000_000_000
_LAST = 4_102_444_800_000_000_000
_MOST = 14 * 60
_HOURS = r"(?P<sign>[+-])\s*(?P<hours>\d{1,2})h(?:(?P<minutes>\d{1,2})m?)?"
_OFFSET = re.compile(rf"(?:UTC|GMT)?\s*(?:{_HOURS}|(?P<side>[+-])(?P<hh>\d{{1,2}})(?::?(?P<mm>\d\d))?)", re.IGNORECASE)
_SHIFTED = re.compile(rf"(?P<zone>.*[^\s+-])\s*{_HOURS}")
_ETC = "Etc/"


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
        at, offset = changes(self.zone)
        shown = wall - self.ahead
        early = np.minimum(np.searchsorted(at[1:] + offset[:-1], shown, side="right"), len(at) - 1)
        late = np.maximum(np.searchsorted(at + offset, shown, side="right") - 1, 0)
        never = late < early
        first = shown - np.where(never, offset[late], offset[early])
        again = np.where(never, -1, offset[early] - offset[late])
        known = (wall > 0) & (wall < _LAST)
        return Instants(np.where(known, first, wall), np.where(known, again, 0))


UTC = Clock("UTC")


def parse_clock(text: str) -> Clock:
    """Read `Europe/Athens`, `UTC+2`, `+02:00`, `-5h30m` or `America/New_York+7h`.

    Raises
    ------
    BadInput
        When it is anything else.
    """
    name = text.strip()
    if name.upper() in ("UTC", "GMT", "Z"):
        return UTC
    if _is_zone(name):
        fixed = name.startswith(_ETC)
        return Clock(name, None, int(changes(name).offset[-1]), given=True) if fixed else Clock(name, name)
    if (found := _OFFSET.fullmatch(name)) and (ahead := _ahead(found)) is not None:
        return Clock(name, None, ahead, given=True)
    if (found := _SHIFTED.fullmatch(name)) and _is_zone(found["zone"]) and (ahead := _ahead(found)) is not None:
        return Clock(name, found["zone"], ahead)
    raise BadInput(
        f"time zone was {text!r}, allowed is a zone such as Europe/Athens, an offset from UTC of at most 14 hours such"
        " as +03:00 or UTC+2, or a zone with a shift such as America/New_York+7h"
    )


def _is_zone(name: str) -> bool:
    try:
        changes(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _ahead(found: re.Match[str]) -> int | None:
    parts = found.groupdict()
    sign = parts["sign"] or parts.get("side")
    hours = int(parts["hours"] or parts.get("hh") or 0)
    minutes = int(parts["minutes"] or parts.get("mm") or 0)
    if minutes > 59 or hours * 60 + minutes > _MOST:
        return None
    return (1 if sign == "+" else -1) * (hours * 60 + minutes) * _MINUTE
