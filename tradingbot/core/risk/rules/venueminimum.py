# file: core/risk/rules/venueminimum.py
"""An order smaller than the venue takes is refused, never enlarged to fit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.messages.answers import Refused, SizedIntent
from tradingbot.core.messages.intent import Intent
from tradingbot.core.risk.view import RiskView

__all__ = ["VenueMinimum"]


@dataclass(frozen=True, slots=True)
class VenueMinimum:
    """Refuse a quantity below the venue's minimum, or a value below its least order value."""

    name: str = "venue_minimum"

    def check(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        """Return the refusal with the minimum in it, or nothing."""
        intent, terms = sized.intent, view.terms
        least = max(terms.minimum, terms.step)
        if sized.quantity < least:
            worth = (
                ""
                if isinstance(intent, Intent) is False
                else f" (worth {_money(least * intent.price * terms.multiplier)})"
            )
            sentence = f"the policy allows a quantity of {sized.quantity}, the venue's minimum is {least}{worth}"
            return Refused.of(intent, self.name, sized.quantity, least, sentence)
        notional = sized.quantity * intent.price * terms.multiplier
        if isinstance(intent, Intent) and notional < terms.minimum_notional:
            sentence = (
                f"the policy allows an order of {_money(notional)}, the venue's minimum is {terms.minimum_notional}"
            )
            return Refused.of(intent, self.name, _money(notional), terms.minimum_notional, sentence)
        return None


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}"
