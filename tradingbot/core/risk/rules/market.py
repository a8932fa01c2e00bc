# file: core/risk/rules/market.py
"""Rules on market and venue: a sane and recent quote, and the venue's minimum order."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.messages.approval import Refused, SizedIntent
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.rounding import rounded_down, rounded_up
from tradingbot.core.risk.view import RiskView
from tradingbot.core.time import SECOND


@dataclass(frozen=True, slots=True)
class MarketSane:
    """Refuse a price of 0 or less, a spread crossed or wider than `max_spread`, a last price older than `max_age` bars.
    The spread is a share of the price, for an option structure (all legs together) of its worst loss."""

    max_spread: Decimal
    max_age: int
    name: str = "market_sane"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        if intent.price <= 0:
            return Refused.of(intent, self.name, intent.price, "above 0", f"the price was {intent.price}")
        limit = self.max_age * view.bar
        if view.bar and view.data_age > limit:
            was, most = f"{-(-view.data_age // SECOND)} s", f"{limit // SECOND} s"
            return Refused.of(intent, self.name, was, most, f"the last price is {was} old, the limit is {most}")
        if view.spread < 0:
            return Refused.of(intent, self.name, view.spread, "at least 0", "bid and ask are crossed")
        base, of = (intent.price, "the price") if isinstance(intent, Intent) else (intent.max_loss, "the worst loss")
        share = view.spread / base if base > 0 else Decimal(0)
        if share > self.max_spread:
            sentence = f"the spread was {rounded_up(share, '.2%')} of {of}, the limit is {self.max_spread:.2%}"
            return Refused.of(intent, self.name, rounded_up(share, ".4f"), self.max_spread, sentence)
        return None


def below_minimum(sized: SizedIntent, view: RiskView) -> tuple[str, str, str] | None:
    """Return what a size is, the venue's minimum and both in words, or nothing where it is large enough. The value of
    an order is counted at the lower of the prices it is judged at: the venue counts at the market's."""
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
        if (short := below_minimum(sized, view)) is None:
            return None
        was, limit, sentence = short
        return Refused.of(sized.intent, self.name, was, limit, f"the policy allows {sentence}")
