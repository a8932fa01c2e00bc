# file: core/switches/killlatch.py
"""What a kill latch can do, wherever it is kept."""

from __future__ import annotations

from typing import Protocol

from tradingbot.core.lane import Lane
from tradingbot.core.switches.history import Past
from tradingbot.core.switches.killed import Killed, Latched

__all__ = ["KillLatch"]


class KillLatch(Protocol):
    """What stops a lane: on a disk for whatever trades, in memory for a backtest."""

    @property
    def lane(self) -> Lane:
        """Whose latch it is."""

    def kill(self, by: str, reason: str, cause: str = "operator") -> Latched:
        """Kill the lane; a killed lane keeps its first kill, and the new one goes on record. RunFailed: NOT killed."""

    def read(self) -> Killed | None:
        """Return the kill in force, or nothing."""

    def resume(self, operator: str, reason: str) -> Killed:
        """End the kill and return it; PolicyRefused without a name, a reason or a kill."""

    def past(self) -> Past:
        """Return every change so far."""
