# file: core/runtime/paperlatch.py
"""The kill latch of a paper node: it obeys the lane's, and its own kills never stop real money."""

from __future__ import annotations

from tradingbot.core.lane import Lane
from tradingbot.core.switches.history import Past
from tradingbot.core.switches.killed import Killed, Latched
from tradingbot.core.switches.killlatch import KillLatch

__all__ = ["PaperLatch"]


class PaperLatch:
    """Read the lane's latch on disk, then the node's own; kill and resume the own one alone."""

    def __init__(self, disk: KillLatch, own: KillLatch) -> None:
        self._disk = disk
        self._own = own

    @property
    def lane(self) -> Lane:
        """Whose latch it is."""
        return self._disk.lane

    def kill(self, by: str, reason: str, cause: str = "operator") -> Latched:
        """Kill the lane on paper."""
        return self._own.kill(by, reason, cause)

    def read(self) -> Killed | None:
        """Return the kill in force, the real lane's first, or nothing."""
        return self._disk.read() or self._own.read()

    def resume(self, operator: str, reason: str) -> Killed:
        """End the kill on paper and return it; PolicyRefused without a name, a reason or such a kill."""
        return self._own.resume(operator, reason)

    def past(self) -> Past:
        """Return every change on paper so far."""
        return self._own.past()
