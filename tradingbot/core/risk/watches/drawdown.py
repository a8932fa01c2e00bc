# file: core/risk/watches/drawdown.py
"""Drawdown kill: too far below the peak."""

from __future__ import annotations

from decimal import Decimal

from tradingbot.core.risk.watch import Closed

__all__ = ["DrawdownWatch"]


class DrawdownWatch:
    """Ask for a kill when marked equity lies `limit` below its peak; a resume starts a new peak."""

    cause = "drawdown"
    marks = True

    def __init__(self, limit: Decimal, equity: Decimal) -> None:
        self._limit = limit
        self._peak = equity

    def trade(self, closed: Closed) -> str | None:
        """Leave trades to the equity they make."""
        del closed
        return None

    def mark(self, equity: Decimal, day: int) -> str | None:
        """Compare equity with its peak, whatever `day` it is."""
        del day
        self._peak = max(self._peak, equity)
        down = 1 - equity / self._peak if self._peak > 0 else Decimal(1)
        if down < self._limit:
            return None
        return f"equity is {down:.2%} below its peak of {self._peak:.2f}, the limit is {self._limit:.2%}"

    def transferred(self, before: Decimal, after: Decimal) -> None:
        """Keep how far equity is below the peak."""
        self._peak *= after / before

    def restart(self, equity: Decimal) -> None:
        """Take `equity` as the peak."""
        self._peak = equity
