# file: core/risk/watches/daylosses.py
"""Too much lost in a day."""

from __future__ import annotations

from decimal import Decimal

from tradingbot.core.risk.watch import Closed

__all__ = ["DayLosses"]


class DayLosses:
    """Ask for a kill when the day's closed trades lost `limit` of the equity before them.

    After a resume within the day only what is lost from then on counts.
    """

    cause = "daily_loss"

    def __init__(self, limit: Decimal) -> None:
        self._limit = limit
        self._day = 0
        self._lost = Decimal(0)

    def see(self, closed: Closed) -> str | None:
        """Add a trade to its day."""
        if closed.day != self._day:
            self._day, self._lost = closed.day, Decimal(0)
        self._lost -= closed.pnl
        allowed = self._limit * (closed.equity + self._lost)
        if self._lost <= 0 or self._lost < allowed:
            return None
        return f"today's closed trades lost {self._lost:.2f}, the limit is {allowed:.2f} ({self._limit:.2%} of equity)"

    def restart(self, equity: Decimal) -> None:
        """Forgive what was lost today so far, whatever `equity` is."""
        del equity
        self._lost = Decimal(0)
