# file: core/risk/rules/targetahead.py
"""No target that is reached before the position is."""

from __future__ import annotations

from decimal import Decimal

from tradingbot.core.messages.answers import Refused
from tradingbot.core.messages.intent import Intent

__all__ = ["TargetAhead", "rounded_target"]


def rounded_target(intent: Intent, tick: Decimal) -> Decimal | None:
    """Return the target on the nearest tick."""
    return None if intent.target is None else (intent.target / tick).to_integral_value() * tick


class TargetAhead:
    """Refuse an entry whose target does not lie on the winning side: it would be left as soon as it is entered."""

    def check(self, intent: Intent, tick: Decimal) -> Refused | None:
        """Return the refusal, or nothing; `tick` is the instrument's price step."""
        target = rounded_target(intent, tick)
        if target is None or (target - intent.price) * intent.side.sign > 0 < target:
            return None
        place = "above" if intent.side.sign > 0 else "below"
        return Refused(
            intent.strategy,
            intent.instrument,
            intent.ts,
            "target_ahead",
            str(target),
            f"{place} {intent.price}",
            f"{intent.instrument}: the target of a {intent.side} entry was {target},"
            f" it must lie {place} {intent.price}",
        )
