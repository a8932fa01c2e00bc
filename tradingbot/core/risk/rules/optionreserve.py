# file: core/risk/rules/optionreserve.py
"""Every option structure has its worst loss set aside: the engine's own option margin is not a margin."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.messages.answers import Refused, SizedIntent
from tradingbot.core.risk.view import RiskView

__all__ = ["OptionReserve"]


@dataclass(frozen=True, slots=True)
class OptionReserve:
    """Refuse when the worst losses of all structures together would exceed `limit` x equity."""

    limit: Decimal
    name: str = "option_reserve"

    def check(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        """Return the refusal, or nothing where no structure is opened."""
        if sized.signed:
            return None
        reserved = sum((each.reserved for each in view.exposures), Decimal(0))
        would_be, allowed = reserved + sized.risk, self.limit * view.equity
        if would_be <= allowed:
            return None
        sentence = f"worst losses set aside would be {would_be:.2f}, limit is {allowed:.2f} ({self.limit} of equity)"
        return Refused.of(sized.intent, self.name, f"{would_be:.2f}", f"{allowed:.2f}", sentence)
