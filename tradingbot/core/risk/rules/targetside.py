# file: core/risk/rules/targetside.py
"""A target that is no gain is a mistake in the strategy: it would close the position as soon as it is open."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from tradingbot.core.messages.answers import Refused
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.steps import stepped
from tradingbot.core.risk.view import RiskView

__all__ = ["TargetSide", "rounded_target"]


def rounded_target(intent: Intent, tick: Decimal) -> Decimal | None:
    """Return the target on the instrument's nearest tick, None where there is none."""
    return None if intent.target is None else stepped(intent.target, tick, ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class TargetSide:
    """Refuse a single entry whose target, on its tick, is not a price on the winning side. None is needed."""

    name: str = "target_side"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        """Return the refusal, or nothing."""
        if isinstance(intent, SpreadIntent) or intent.target is None:
            return None
        target = stepped(intent.target, view.terms.tick, ROUND_HALF_EVEN)
        if target > 0 and (target - intent.price) * intent.side.sign > 0:
            return None
        place = f"{'above' if intent.side.sign > 0 else 'below'} {intent.price}"
        sentence = f"the target of a {intent.side} entry was {target}, it must lie {place}"
        return Refused.of(intent, self.name, target, place, sentence)
