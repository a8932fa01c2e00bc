# file: core/risk/rules/positionleverage.py
"""One position is never so large that a gap through its stop ruins the account."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.messages.answers import Refused, SizedIntent
from tradingbot.core.risk.view import RiskView

__all__ = ["PositionLeverage"]


@dataclass(frozen=True, slots=True)
class PositionLeverage:
    """Refuse an entry whose notional exceeds `max_leverage` (or the venue's leverage) times equity.

    Options are paid for or reserved in full, so their worst loss may not exceed equity times `max_leverage`.
    """

    max_leverage: Decimal
    name: str = "position_leverage"

    def check(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        """Return the refusal, or nothing."""
        limit = min(self.max_leverage, view.leverage) * view.equity
        would_be = abs(sized.signed) or sized.risk
        if would_be <= limit:
            return None
        times = would_be / view.equity if view.equity > 0 else Decimal(0)
        allowed = min(self.max_leverage, view.leverage)
        sentence = (
            f"the position would be {would_be:.2f}, {times:.2f} times equity; the limit is {allowed} times, {limit:.2f}"
        )
        return Refused.of(sized.intent, self.name, f"{would_be:.2f}", f"{limit:.2f}", sentence)
