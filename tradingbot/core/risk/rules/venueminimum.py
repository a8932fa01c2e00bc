# file: core/risk/rules/venueminimum.py
"""An order smaller than the venue takes is refused, never enlarged to fit."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.messages.answers import Refused, SizedIntent
from tradingbot.core.messages.intent import Intent
from tradingbot.core.risk.view import RiskView
from tradingbot.core.risk.wording import rounded_down

__all__ = ["VenueMinimum"]


@dataclass(frozen=True, slots=True)
class VenueMinimum:
    """Refuse a quantity below the venue's minimum, or a value below its least order value."""

    name: str = "venue_minimum"

    def check(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        """Return the refusal with the minimum in it, or nothing."""
        intent, terms = sized.intent, view.terms
        least = max(terms.minimum, terms.step)
        worth = sized.quantity * intent.price * terms.multiplier
        if sized.quantity < least:
            each = intent.price if isinstance(intent, Intent) else intent.max_loss
            what = "worth" if isinstance(intent, Intent) else "which loses at worst"
            cost = f" ({what} {least * each * terms.multiplier:.2f})"
            sentence = f"the policy allows a quantity of {sized.quantity:f}, the venue's minimum is {least:f}{cost}"
            return Refused.of(intent, self.name, f"{sized.quantity:f}", f"{least:f}", sentence)
        if isinstance(intent, Intent) and worth < terms.minimum_notional:
            was, limit = rounded_down(worth), f"{terms.minimum_notional:.2f}"
            sentence = f"the policy allows an order of {was}, the venue's minimum is {limit}"
            return Refused.of(intent, self.name, was, limit, sentence)
        return None
