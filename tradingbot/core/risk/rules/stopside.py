# file: core/risk/rules/stopside.py
"""A stop on the winning side is a mistake in the strategy: it would close the position as soon as it is open."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.messages.answers import Refused
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.rules.stoprequired import rounded_stop
from tradingbot.core.risk.view import RiskView

__all__ = ["StopSide"]


@dataclass(frozen=True, slots=True)
class StopSide:
    """Refuse a single entry whose stop, on its tick, does not lie on the losing side of the price."""

    name: str = "stop_side"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        """Return the refusal, or nothing."""
        stop = rounded_stop(intent, view.terms.tick) if isinstance(intent, Intent) else None
        if isinstance(intent, SpreadIntent) or stop is None or (intent.price - stop) * intent.side.sign > 0:
            return None
        place = f"{'below' if intent.side.sign > 0 else 'above'} {intent.price}"
        given = f"{stop}" if stop == intent.stop else f"{intent.stop}, on its price step {stop}"
        sentence = f"the stop of a {intent.side} entry was {given}, it must lie {place}"
        return Refused.of(intent, self.name, stop, place, sentence)
