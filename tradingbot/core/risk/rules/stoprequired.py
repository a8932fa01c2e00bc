# file: core/risk/rules/stoprequired.py
"""No entry without a stop."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from tradingbot.core.messages.answers import Refused
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.steps import stepped
from tradingbot.core.risk.view import RiskView

__all__ = ["StopRequired", "rounded_stop"]


def rounded_stop(intent: Intent, tick: Decimal) -> Decimal | None:
    """Return the stop on the instrument's tick, rounded towards the entry so that it never lies farther away."""
    if intent.stop is None:
        return None
    return stepped(intent.stop, tick, ROUND_CEILING if intent.side.sign > 0 else ROUND_FLOOR)


@dataclass(frozen=True, slots=True)
class StopRequired:
    """Refuse a single entry without a stop. Option structures have none but a worst loss: see `DefinedRisk`."""

    name: str = "stop_required"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        """Return the refusal, or nothing."""
        if isinstance(intent, SpreadIntent) or intent.stop is not None:
            return None
        return Refused.of(intent, self.name, "none", "a stop", "an entry needs a stop, none was given")
