# file: core/risk/watch.py
"""Kill triggers: what makes a lane stop itself."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

__all__ = ["Closed", "Watch"]


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed trade: its pnl with all costs, in account currency."""

    ts: int
    pnl: Decimal


class Watch(Protocol):
    """Sees every closed trade and the equity after it and at every bar, and says why the lane must be killed.

    Equity is marked as everywhere: the balance plus what leaving the open positions would bring.
    """

    @property
    def cause(self) -> str:
        """The word the kill is recorded under."""

    @property
    def marks(self) -> bool:
        """Whether it looks at equity at all, so that nobody else pays for the marks."""

    def trade(self, closed: Closed) -> str | None:
        """Take in a trade; return the reason to kill, in words with numbers, or nothing."""

    def mark(self, equity: Decimal, day: int) -> str | None:
        """Take in equity on the lane's day that ends at `day` (ns); return the reason to kill, or nothing."""

    def transferred(self, before: Decimal, after: Decimal) -> None:
        """Go on from equity `after` where money that came in or left made it of `before`."""

    def restart(self, equity: Decimal) -> None:
        """Begin anew at `equity`: an operator resumed the lane."""
