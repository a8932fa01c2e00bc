# file: core/risk/watch.py
"""What makes a lane stop itself."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

__all__ = ["Closed", "Watch"]


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed trade: its pnl with all costs, the equity after it, and the end of the lane's day it lies in (ns)."""

    ts: int
    pnl: Decimal
    equity: Decimal
    day: int


class Watch(Protocol):
    """Sees every closed trade and says why the lane must be killed, or nothing."""

    @property
    def cause(self) -> str:
        """The word the kill is recorded under."""

    def see(self, closed: Closed) -> str | None:
        """Take in a trade; return the reason to kill, in words with numbers, or nothing."""

    def restart(self, equity: Decimal) -> None:
        """Begin anew at `equity`: an operator resumed the lane."""
