# file: core/risk/watches/lossstreak.py
"""Too many losing trades in a row."""

from __future__ import annotations

from decimal import Decimal

from tradingbot.core.risk.watch import Closed

__all__ = ["LossStreak"]


class LossStreak:
    """Ask for a kill after `limit` consecutive trades with a pnl below zero; a trade of exactly zero ends no streak."""

    cause = "losses"
    marks = False

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._losses = 0

    def trade(self, closed: Closed) -> str | None:
        """Count a trade."""
        if closed.pnl > 0:
            self._losses = 0
        elif closed.pnl < 0:
            self._losses += 1
        if self._losses < self._limit:
            return None
        return f"{self._losses} losing trades in a row, the limit is {self._limit}"

    def mark(self, equity: Decimal, day: int) -> str | None:
        """Leave equity alone: a streak is of trades."""
        del equity, day
        return None

    def transferred(self, before: Decimal, after: Decimal) -> None:
        """Leave money alone."""
        del before, after

    def restart(self, equity: Decimal) -> None:
        """Forget the streak, whatever `equity` is."""
        del equity
        self._losses = 0
