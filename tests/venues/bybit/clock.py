# file: tests/venues/bybit/clock.py
"""The venue's clock: real time at a speed from a chosen start, or moved by hand."""

from __future__ import annotations

import time


class VenueClock:
    """Milliseconds UTC. `speed` is venue seconds per real second; without one the clock stands until `advance`."""

    def __init__(self, start_ms: int, speed: float | None = None) -> None:
        self.speed = speed
        self._start = start_ms
        self._origin = time.monotonic()

    def now(self) -> int:
        """Return the venue's time."""
        if self.speed is None:
            return self._start
        return self._start + int((time.monotonic() - self._origin) * 1_000 * self.speed)

    def advance(self, seconds: float) -> None:
        """Move the clock by hand."""
        self._start += round(seconds * 1_000)
