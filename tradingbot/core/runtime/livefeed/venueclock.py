# file: core/runtime/livefeed/venueclock.py
"""Venue clock: the venue's time between two answers of its server, how fast it runs, and its skew."""

from __future__ import annotations

import time
from collections import deque

from tradingbot.core.time import SECOND

_SAMPLES = 8
_FASTER = 1.25


class VenueClock:
    """Tell the venue's time (UTC ns) from what its server said, `now` being this machine's monotonic clock in seconds.

    Nothing is closed by it: it says until when to ask, and how long to wait. A rehearsal venue may run faster than
    time does; its `speed`, seconds of the venue per second here, is measured. Real ones differ by the way of an answer,
    so that anything up to 1.25 is 1.
    """

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque(maxlen=_SAMPLES)
        self.speed = 1.0
        self.skew = 0

    def said(self, venue: int, now: float) -> None:
        """Take the server's time, which it said at `now`."""
        self._samples.append((now, venue))
        self.skew = venue - time.time_ns()
        (first, began), (last, ended) = self._samples[0], self._samples[-1]
        if last - first >= 1:
            measured = (ended - began) / SECOND / (last - first)
            self.speed = measured if measured > _FASTER else 1.0

    def now(self, now: float) -> int:
        """Return the venue's time; 0 before its server said anything."""
        if not self._samples:
            return 0
        at, venue = self._samples[-1]
        return venue + int((now - at) * self.speed * SECOND)
