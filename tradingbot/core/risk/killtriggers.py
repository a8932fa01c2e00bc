# file: core/risk/killtriggers.py
"""Kill triggers: daily loss, drawdown and losing streak, which make a lane stop itself."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from tradingbot.core.config.risk import Kill
from tradingbot.core.stateful import Stateful


class KillTrigger(Stateful):
    """Sees every closed trade and the equity after it and at every bar, and says why the lane must be killed.

    Equity is marked as everywhere: the balance plus what leaving the open positions would bring. `cause` is the word
    the kill is recorded under; `marks` says whether it looks at equity at all, so that nobody else pays for the marks.
    """

    cause: ClassVar[str]
    marks: ClassVar[bool] = True

    def trade(self, pnl: Decimal) -> str | None:
        """Take in the pnl of a closed trade, with all costs; return the reason to kill, with numbers, or nothing."""

    def mark(self, equity: Decimal, day: int) -> str | None:
        """Take in equity on the lane's day that ends at `day` (ns); return the reason to kill, or nothing."""

    def transferred(self, before: Decimal, after: Decimal) -> None:
        """Go on from equity `after` where money that came in or left made it of `before`."""

    def restart(self, equity: Decimal) -> None:
        """Begin anew at `equity`: an operator resumed the lane."""


class DailyLossTrigger(KillTrigger):
    """Ask for a kill when marked equity fell `limit` below what it was when the lane's day began. What is open counts
    as what is closed. After a resume within the day only what is lost from then on counts."""

    cause = "daily_loss"
    state_names = ("_day", "_began", "_last")

    def __init__(self, limit: Decimal, equity: Decimal) -> None:
        self._limit = limit
        self._day = 0
        self._began = self._last = equity

    def mark(self, equity: Decimal, day: int) -> str | None:
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
        self._began *= after / before
        self._last *= after / before

    def restart(self, equity: Decimal) -> None:
        self._began = self._last = equity


class DrawdownTrigger(KillTrigger):
    """Ask for a kill when marked equity lies `limit` below its peak; a resume starts a new peak."""

    cause = "drawdown"
    state_names = ("_peak",)

    def __init__(self, limit: Decimal, equity: Decimal) -> None:
        self._limit = limit
        self._peak = equity

    def mark(self, equity: Decimal, _day: int) -> str | None:
        self._peak = max(self._peak, equity)
        down = 1 - equity / self._peak if self._peak > 0 else Decimal(1)
        if down < self._limit:
            return None
        return f"equity is {down:.2%} below its peak of {self._peak:.2f}, the limit is {self._limit:.2%}"

    def transferred(self, before: Decimal, after: Decimal) -> None:
        self._peak *= after / before

    def restart(self, equity: Decimal) -> None:
        self._peak = equity


class LossStreakTrigger(KillTrigger):
    """Ask for a kill after `limit` consecutive trades with a pnl below zero; a trade of exactly zero ends no streak."""

    cause = "losses"
    marks = False
    state_names = ("_losses",)

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._losses = 0

    def trade(self, pnl: Decimal) -> str | None:
        if pnl:
            self._losses = 0 if pnl > 0 else self._losses + 1
        return (
            f"{self._losses} losing trades in a row, the limit is {self._limit}"
            if self._losses >= self._limit
            else None
        )

    def restart(self, equity: Decimal) -> None:
        self._losses = 0


def build_kill_triggers(policy: Kill, equity: Decimal) -> tuple[KillTrigger, ...]:
    """Return the triggers that `policy` switches on, for an account that starts with `equity`."""
    triggers: list[KillTrigger] = []
    if policy.consecutive_losses is not None:
        triggers.append(LossStreakTrigger(policy.consecutive_losses))
    if policy.daily_loss is not None:
        triggers.append(DailyLossTrigger(policy.daily_loss, equity))
    if policy.drawdown is not None:
        triggers.append(DrawdownTrigger(policy.drawdown, equity))
    return tuple(triggers)
