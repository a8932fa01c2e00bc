# file: core/risk/rules/stoprequired.py
"""No entry without a stop on the losing side, near enough."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.messages.answers import Refused
from tradingbot.core.messages.intent import Intent

__all__ = ["StopRequired", "rounded_stop"]


def rounded_stop(intent: Intent, tick: Decimal) -> Decimal | None:
    """Return the stop on the instrument's tick, rounded towards the entry so that it never lies farther away."""
    if intent.stop is None:
        return None
    steps = intent.stop / tick
    whole = steps.to_integral_value(rounding="ROUND_CEILING" if intent.side.sign > 0 else "ROUND_FLOOR")
    return whole * tick


@dataclass(frozen=True, slots=True)
class StopRequired:
    """Refuse an entry whose stop is missing, on the wrong side, or farther than `max_distance` of the price."""

    max_distance: Decimal

    def check(self, intent: Intent, tick: Decimal) -> Refused | None:
        """Return the refusal, or nothing; `tick` is the instrument's price step."""
        stop = rounded_stop(intent, tick)
        if stop is None:
            return self._refuse(intent, "none", "a stop", f"{intent.instrument}: an entry needs a stop, none was given")
        distance = (intent.price - stop) * intent.side.sign / intent.price
        if stop <= 0 or distance <= 0:
            place = "below" if intent.side.sign > 0 else "above"
            return self._refuse(
                intent,
                str(stop),
                f"{place} {intent.price}",
                f"{intent.instrument}: the stop of a {intent.side} entry was {stop},"
                f" it must lie {place} {intent.price}",
            )
        if distance > self.max_distance:
            return self._refuse(
                intent,
                f"{distance:.4f}",
                str(self.max_distance),
                f"{intent.instrument}: the stop was {distance:.2%} away, the limit is {self.max_distance:.2%}",
            )
        return None

    @staticmethod
    def _refuse(intent: Intent, was: str, limit: str, sentence: str) -> Refused:
        return Refused(intent.strategy, intent.instrument, intent.ts, "stop_required", was, limit, sentence)
