# file: core/risk/rules/dailyloss.py
"""A bad day ends early."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.messages.answers import Refused
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.view import RiskView

__all__ = ["DailyLossCap"]


@dataclass(frozen=True, slots=True)
class DailyLossCap:
    """Refuse once the trades closed since the lane's day began have lost `limit` of the equity before them.

    That equity is today's less today's realised result. The day's boundary is the lane's: `DailyLoss` in the config.
    """

    limit: Decimal
    name: str = "daily_loss"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        """Return the refusal, or nothing."""
        lost = -view.realised_today
        allowed = self.limit * (view.equity + lost)
        if lost <= 0 or lost < allowed:
            return None
        sentence = f"today's closed trades lost {lost:.2f}, the limit is {allowed:.2f} ({self.limit:.2%} of equity)"
        return Refused.of(intent, self.name, f"{lost:.2f}", f"{allowed:.2f}", sentence)
