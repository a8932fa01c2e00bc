# file: core/risk/rules/stopdistance.py
"""A stop farther away than the lane allows risks too much of a price that may never come back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.messages.answers import Refused
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.rules.stoprequired import rounded_stop
from tradingbot.core.risk.view import RiskView
from tradingbot.core.risk.wording import rounded_up

__all__ = ["StopDistance"]


@dataclass(frozen=True, slots=True)
class StopDistance:
    """Refuse a single entry whose stop, on its tick, lies farther than `max_distance` of the price from it."""

    max_distance: Decimal
    name: str = "stop_distance"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        """Return the refusal, or nothing."""
        stop = rounded_stop(intent, view.terms.tick) if isinstance(intent, Intent) else None
        if stop is None:
            return None
        distance = abs(intent.price - stop) / intent.price
        if distance <= self.max_distance:
            return None
        sentence = f"the stop was {rounded_up(distance, '.2%')} away, the limit is {self.max_distance:.2%}"
        return Refused.of(intent, self.name, rounded_up(distance, ".4f"), self.max_distance, sentence)
