# file: core/switches/memorylatch.py
"""The kill latch of a backtest, which must never touch the state of an installation."""

from __future__ import annotations

from collections.abc import Callable

from tradingbot.core.lane import Lane
from tradingbot.core.switches.history import Change, Happened, Past
from tradingbot.core.switches.killed import Killed, Latched, may_resume

__all__ = ["MemoryLatch"]


class MemoryLatch:
    """Behaves as `Latch` does, and is forgotten with the run; `now` is the simulated clock's, UTC nanoseconds."""

    def __init__(self, lane: Lane, now: Callable[[], int] = lambda: 0) -> None:
        self.lane = lane
        self.now = now
        self._killed: Killed | None = None
        self._changes: list[Change] = []

    def kill(self, by: str, reason: str, cause: str = "operator") -> Latched:
        """Kill the lane; a killed lane keeps its first kill, and the new one goes on record."""
        wanted = Killed(self.lane, self.now(), by, reason, cause)
        again = self._killed is not None
        self._killed = self._killed or wanted
        self._changes.append(Change.of(wanted, again))
        return Latched(self._killed, again)

    def read(self) -> Killed | None:
        """Return the kill in force, or nothing."""
        return self._killed

    def resume(self, operator: str, reason: str) -> Killed:
        """End the kill and return it.

        Raises
        ------
        PolicyRefused
            Without a name, a reason or a kill.
        """
        ended = may_resume(self.lane, self._killed, operator, reason)
        self._changes.append(Change(self.now(), Happened.RESUMED, operator, reason))
        self._killed = None
        return ended

    def past(self) -> Past:
        """Return every change so far."""
        return Past(tuple(self._changes))
