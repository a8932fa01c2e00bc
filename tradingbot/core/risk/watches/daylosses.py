# file: core/risk/watches/daylosses.py
"""Daily loss kill: too much lost in a day."""

from __future__ import annotations

from decimal import Decimal

from tradingbot.core.risk.watch import Closed

__all__ = ["DayLosses"]


class DayLosses:
    """Ask for a kill when marked equity fell `limit` below what it was when the lane's day began.

    What is open counts as what is closed. After a resume within the day only what is lost from then on counts.
    """

    cause = "daily_loss"
    marks = True

    def __init__(self, limit: Decimal, equity: Decimal) -> None:
        self._limit = limit
        self._day = 0
        self._began = equity
        self._last = equity

    def trade(self, closed: Closed) -> str | None:
        """Leave trades to the equity they make."""
        del closed
        return None

    def mark(self, equity: Decimal, day: int) -> str | None:
        """Compare equity with that at the end of the day before."""
        if day != self._day:
            self._day, self._began = day, self._last
        self._last = equity
        lost, allowed = self._began - equity, self._limit * self._began
        if lost <= 0 or lost < allowed:
            return None
        return (
            f"today lost {lost:.2f}, open positions included, the limit is {allowed:.2f} ({self._limit:.2%} of equity)"
        )

    def transferred(self, before: Decimal, after: Decimal) -> None:
        """Keep the share of equity that was lost today."""
        self._began *= after / before
        self._last *= after / before

    def restart(self, equity: Decimal) -> None:
        """Forgive what was lost today so far."""
        self._began = self._last = equity
