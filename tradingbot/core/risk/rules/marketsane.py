# file: core/risk/rules/marketsane.py
"""No entry into a market that is not quoted sensibly, or not quoted any more."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.messages.answers import Refused
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.view import RiskView
from tradingbot.core.risk.wording import rounded_up

__all__ = ["MarketSane"]

_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class MarketSane:
    """Refuse a price of 0 or less, a spread crossed or wider than `max_spread`, a last price older than `max_age` bars.

    The spread is a share of the price, for an option structure (all legs together) of its worst loss.
    """

    max_spread: Decimal
    max_age: int
    name: str = "market_sane"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        """Return the refusal, or nothing."""
        if intent.price <= 0:
            return Refused.of(intent, self.name, intent.price, "above 0", f"the price was {intent.price}")
        limit = self.max_age * view.bar
        if view.bar and view.data_age > limit:
            was, most = f"{-(-view.data_age // _SECOND)} s", f"{limit // _SECOND} s"
            return Refused.of(intent, self.name, was, most, f"the last price is {was} old, the limit is {most}")
        if view.spread < 0:
            return Refused.of(intent, self.name, view.spread, "at least 0", "bid and ask are crossed")
        base, of = (intent.price, "the price") if isinstance(intent, Intent) else (intent.max_loss, "the worst loss")
        share = view.spread / base if base > 0 else Decimal(0)
        if share > self.max_spread:
            sentence = f"the spread was {rounded_up(share, '.2%')} of {of}, the limit is {self.max_spread:.2%}"
            return Refused.of(intent, self.name, rounded_up(share, ".4f"), self.max_spread, sentence)
        return None
