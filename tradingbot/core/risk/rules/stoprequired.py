# file: core/risk/rules/stoprequired.py
"""No entry without a stop on the losing side, near enough."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from tradingbot.core.messages.answers import Refused
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.steps import stepped
from tradingbot.core.risk.view import RiskView
from tradingbot.core.risk.wording import rounded_up

__all__ = ["StopRequired", "rounded_stop"]


def rounded_stop(intent: Intent, tick: Decimal) -> Decimal | None:
    """Return the stop on the instrument's tick, rounded towards the entry so that it never lies farther away."""
    if intent.stop is None:
        return None
    return stepped(intent.stop, tick, ROUND_CEILING if intent.side.sign > 0 else ROUND_FLOOR)


@dataclass(frozen=True, slots=True)
class StopRequired:
    """Refuse a single entry whose stop is missing, on the wrong side, or farther than `max_distance` of the price.

    The distance is measured after rounding. Option structures have no stop but a worst loss: see `DefinedRisk`.
    """

    max_distance: Decimal
    name: str = "stop_required"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        """Return the refusal, or nothing."""
        if isinstance(intent, SpreadIntent):
            return None
        if intent.price <= 0:
            return Refused.of(intent, self.name, intent.price, "above 0", f"the price was {intent.price}")
        stop = rounded_stop(intent, view.terms.tick)
        if stop is None:
            return Refused.of(intent, self.name, "none", "a stop", "an entry needs a stop, none was given")
        distance = (intent.price - stop) * intent.side.sign / intent.price
        if distance <= 0:
            place = f"{'below' if intent.side.sign > 0 else 'above'} {intent.price}"
            sentence = f"the stop of a {intent.side} entry was {stop}, it must lie {place}"
            return Refused.of(intent, self.name, stop, place, sentence)
        if distance > self.max_distance:
            sentence = f"the stop was {rounded_up(distance, '.2%')} away, the limit is {self.max_distance:.2%}"
            return Refused.of(intent, self.name, rounded_up(distance, ".4f"), self.max_distance, sentence)
        return None
