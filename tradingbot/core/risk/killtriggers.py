# file: core/risk/killtriggers.py
"""Kill triggers: daily loss, drawdown and losing streak, which make a lane stop itself."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from tradingbot.core.config.risk import Kill


@dataclass(frozen=True, slots=True)
class ClosedTrade:
    """A closed trade: its pnl with all costs, in account currency."""

    ts: int
    pnl: Decimal


class KillTrigger(Protocol):
    """Sees every closed trade and the equity after it and at every bar, and says why the lane must be killed.

    Equity is marked as everywhere: the balance plus what leaving the open positions would bring.
    """

    @property
    def cause(self) -> str:
        """The word the kill is recorded under."""

    @property
    def marks(self) -> bool:
        """Whether it looks at equity at all, so that nobody else pays for the marks."""

    def trade(self, closed: ClosedTrade) -> str | None:
        """Take in a trade; return the reason to kill, in words with numbers, or nothing."""

    def mark(self, equity: Decimal, day: int) -> str | None:
        """Take in equity on the lane's day that ends at `day` (ns); return the reason to kill, or nothing."""

    def transferred(self, before: Decimal, after: Decimal) -> None:
        """Go on from equity `after` where money that came in or left made it of `before`."""

    def restart(self, equity: Decimal) -> None:
        """Begin anew at `equity`: an operator resumed the lane."""


class DailyLossTrigger:
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

    def trade(self, closed: ClosedTrade) -> str | None:
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


class DrawdownTrigger:
    """Ask for a kill when marked equity lies `limit` below its peak; a resume starts a new peak."""

    cause = "drawdown"
    marks = True

    def __init__(self, limit: Decimal, equity: Decimal) -> None:
        self._limit = limit
        self._peak = equity

    def trade(self, closed: ClosedTrade) -> str | None:
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


class LossStreakTrigger:
    """Ask for a kill after `limit` consecutive trades with a pnl below zero; a trade of exactly zero ends no streak."""

    cause = "losses"
    marks = False

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._losses = 0

    def trade(self, closed: ClosedTrade) -> str | None:
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


def build_kill_triggers(policy: Kill, equity: Decimal) -> tuple[KillTrigger, ...]:
    """Return the triggers that `policy` switches on, for an account that starts with `equity`."""
    found: list[KillTrigger] = []
    if policy.consecutive_losses is not None:
        found.append(LossStreakTrigger(policy.consecutive_losses))
    if policy.daily_loss is not None:
        found.append(DailyLossTrigger(policy.daily_loss, equity))
    if policy.drawdown is not None:
        found.append(DrawdownTrigger(policy.drawdown, equity))
    return tuple(found)
