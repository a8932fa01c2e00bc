# file: core/risk/rules/positionleverage.py
"""One position is never so large that a gap through its stop ruins the account."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.messages.answers import Refused, SizedIntent
from tradingbot.core.risk.view import RiskView
from tradingbot.core.risk.wording import rounded_down, rounded_up

__all__ = ["PositionLeverage"]


@dataclass(frozen=True, slots=True)
class PositionLeverage:
    """Cap the notional of an entry at `max_leverage` (or the venue's leverage) times equity.

    Options are paid for or reserved in full, so their worst loss may not exceed equity times `max_leverage`.
    """

    max_leverage: Decimal
    name: str = "position_leverage"

    def check(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        """Return the refusal, or nothing."""
        would_be, limit = sized.at_stake, self.room(sized, view)
        if would_be <= limit:
            return None
        was, most = rounded_up(would_be), rounded_down(limit)
        allowed = min(self.max_leverage, view.leverage)
        times = f", {rounded_up(would_be / view.equity)} times equity" if view.equity > 0 else ""
        sentence = f"the position would be {was}{times}; the limit is {most}, {allowed} times"
        return Refused.of(sized.intent, self.name, was, most, sentence)

    def room(self, _sized: SizedIntent, view: RiskView) -> Decimal:
        """Return the limit: no other position counts against it."""
        return min(self.max_leverage, view.leverage) * view.equity
