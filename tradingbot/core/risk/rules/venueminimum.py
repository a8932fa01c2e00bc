# file: core/risk/rules/venueminimum.py
"""An order smaller than the venue takes is refused, never enlarged to fit."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.messages.answers import Refused, SizedIntent
from tradingbot.core.messages.intent import Intent
from tradingbot.core.risk.view import RiskView
from tradingbot.core.risk.wording import rounded_down

__all__ = ["VenueMinimum", "below_minimum"]


def below_minimum(sized: SizedIntent, view: RiskView) -> tuple[str, str, str] | None:
    """Return what a size is, the venue's minimum and both in words, or nothing where it is large enough.

    The value of an order is counted at the lower of the prices it is judged at: the venue counts at the market's.
    """
    intent, terms = sized.intent, view.terms
    least = max(terms.minimum, terms.step)
    if sized.quantity < least:
        each = intent.price if isinstance(intent, Intent) else intent.max_loss
        what = "worth" if isinstance(intent, Intent) else "which loses at worst"
        was, limit = f"{sized.quantity:f}", f"{least:f}"
        cost = f" ({what} {least * each * terms.multiplier:.2f})"
        return was, limit, f"a quantity of {was}, the venue's minimum is {limit}{cost}"
    worth = sized.quantity * min(view.prices(intent.price)) * terms.multiplier
    if isinstance(intent, Intent) and worth < terms.minimum_notional:
        was, limit = rounded_down(worth), f"{terms.minimum_notional:.2f}"
        return was, limit, f"an order of {was}, the venue's minimum is {limit}"
    return None


@dataclass(frozen=True, slots=True)
class VenueMinimum:
    """Refuse a quantity below the venue's minimum, or a value below its least order value."""

    name: str = "venue_minimum"

    def check(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        """Return the refusal with the minimum in it, or nothing."""
        found = below_minimum(sized, view)
        if found is None:
            return None
        was, limit, said = found
        return Refused.of(sized.intent, self.name, was, limit, f"the policy allows {said}")
