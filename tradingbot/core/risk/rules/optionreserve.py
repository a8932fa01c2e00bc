# file: core/risk/rules/optionreserve.py
"""Every option structure has its worst loss set aside: the engine's own option margin is not a margin."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.messages.answers import Refused, SizedIntent
from tradingbot.core.risk.view import RiskView
from tradingbot.core.risk.wording import rounded_down, rounded_up

__all__ = ["OptionReserve"]


@dataclass(frozen=True, slots=True)
class OptionReserve:
    """Cap the worst losses of all structures together at `limit` x equity."""

    limit: Decimal
    name: str = "option_reserve"

    def check(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        """Return the refusal, or nothing where no structure is opened."""
        if sized.signed:
            return None
        would_be, allowed = self._reserved(view) + sized.risk, self.limit * view.equity
        if would_be <= allowed:
            return None
        was, most = rounded_up(would_be), rounded_down(allowed)
        sentence = f"worst losses set aside would be {was}, limit is {most} ({self.limit} times equity)"
        return Refused.of(sized.intent, self.name, was, most, sentence)

    def room(self, _sized: SizedIntent, view: RiskView) -> Decimal:
        """Return what is left to set aside."""
        return self.limit * view.equity - self._reserved(view)

    def _reserved(self, view: RiskView) -> Decimal:
        return sum((each.reserved for each in view.exposures), Decimal(0))
