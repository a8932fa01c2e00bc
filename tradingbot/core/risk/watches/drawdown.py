# file: core/risk/watches/drawdown.py
"""Too far below the peak."""

from __future__ import annotations

from decimal import Decimal

from tradingbot.core.risk.watch import Closed

__all__ = ["DrawdownWatch"]


class DrawdownWatch:
    """Ask for a kill when equity after a trade lies `limit` below its peak; a resume starts a new peak."""

    cause = "drawdown"

    def __init__(self, limit: Decimal, equity: Decimal) -> None:
        self._limit = limit
        self._peak = equity

    def see(self, closed: Closed) -> str | None:
        """Compare equity with its peak."""
        self._peak = max(self._peak, closed.equity)
        down = 1 - closed.equity / self._peak if self._peak > 0 else Decimal(1)
        if down < self._limit:
            return None
        return f"equity is {down:.2%} below its peak of {self._peak:.2f}, the limit is {self._limit:.2%}"

    def restart(self, equity: Decimal) -> None:
        """Take `equity` as the peak."""
        self._peak = equity
