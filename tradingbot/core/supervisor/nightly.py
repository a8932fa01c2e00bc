# file: core/supervisor/nightly.py
"""When the daily comparison is due: once for each time the hour of the day passes, also when nobody was up at it."""

from __future__ import annotations

import datetime as dt

__all__ = ["Nightly"]

_SECOND = 1_000_000_000
_DAY_S = 86_400


class Nightly:
    """The hour `at`: "HH:MM" in UTC, "" for never. All times are UTC nanoseconds.

    `last` is when the last round began or, before the first, when watching did. What was missed is made up for once,
    however many days it was.
    """

    def __init__(self, at: str, last: int) -> None:
        self._at = at
        self._last = last

    def due(self, wall: int) -> bool:
        """Return whether the hour has passed since the last round."""
        return bool(self._at) and self._latest(wall) > self._last

    def began(self, wall: int) -> None:
        """Take note that the round began."""
        self._last = wall

    def wait_s(self, wall: int) -> float:
        """Return the seconds until the hour comes next; for ever where it never does."""
        return (self._latest(wall) + _DAY_S * _SECOND - wall) / _SECOND if self._at else float("inf")

    def _latest(self, wall: int) -> int:
        hours, minutes = map(int, self._at.split(":"))
        now = dt.datetime.fromtimestamp(wall // _SECOND, dt.UTC)
        today = now.replace(hour=hours, minute=minutes, second=0, microsecond=0)
        return int((today if today <= now else today - dt.timedelta(days=1)).timestamp()) * _SECOND
