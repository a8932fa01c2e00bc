# file: core/risk/triggers.py
"""Which watches a lane has, and in which order."""

from __future__ import annotations

from decimal import Decimal

from tradingbot.core.config.risk import Kill
from tradingbot.core.risk.watch import Watch
from tradingbot.core.risk.watches.daylosses import DayLosses
from tradingbot.core.risk.watches.drawdown import DrawdownWatch
from tradingbot.core.risk.watches.lossstreak import LossStreak

__all__ = ["watches_of"]


def watches_of(policy: Kill, equity: Decimal) -> tuple[Watch, ...]:
    """Return the triggers that `policy` switches on, for an account that starts with `equity`."""
    found: list[Watch] = []
    if policy.consecutive_losses is not None:
        found.append(LossStreak(policy.consecutive_losses))
    if policy.daily_loss is not None:
        found.append(DayLosses(policy.daily_loss, equity))
    if policy.drawdown is not None:
        found.append(DrawdownWatch(policy.drawdown, equity))
    return tuple(found)
