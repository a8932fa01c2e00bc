# file: core/risk/rules/definedrisk.py
"""No structure of options that can lose more than its intent says."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from tradingbot.core.messages.answers import Refused
from tradingbot.core.messages.intent import SpreadIntent

if TYPE_CHECKING:
    from tradingbot.core.risk.view import OptionFacts

__all__ = ["DefinedRisk", "worst_loss"]

_ZERO = Decimal(0)


def worst_loss(intent: SpreadIntent, facts: Sequence[OptionFacts]) -> Decimal | None:
    """Return the most one unit can lose at expiry, in quote currency per share; nothing where there is no limit.

    The loss is what was paid for the legs less what they are worth, which over the share's price is a broken line: it
    is worst at 0, at a strike, or beyond the last one. `facts` are in the order of the legs. A bought leg that expires
    before a sold one covers nothing.
    """
    legs = list(zip(intent.legs, facts, strict=True))
    sold = [fact.expiry for leg, fact in legs if leg.side.sign < 0]
    counted = [(leg, fact) for leg, fact in legs if leg.side.sign < 0 or not sold or fact.expiry >= max(sold)]
    if sum(leg.side.sign for leg, fact in counted if fact.right == "C") < 0:
        return None
    paid = sum((leg.side.sign * leg.price for leg in intent.legs), _ZERO)
    ends = [_ZERO, *(fact.strike for _leg, fact in counted)]
    return max(paid - sum((leg.side.sign * fact.worth(end) for leg, fact in counted), _ZERO) for end in ends)


class DefinedRisk:
    """Refuse a structure whose worst loss is unknown or larger than the intent says, which is what it is sized by."""

    def check(self, intent: SpreadIntent, facts: Sequence[OptionFacts]) -> Refused | None:
        """Return the refusal, or nothing."""
        underlying = intent.instrument.rsplit(".", 1)[0]
        if not facts or len(facts) != len(intent.legs) or any(fact.underlying != underlying for fact in facts):
            return _refuse(intent, "unknown", f"not all of its legs are options on {underlying}")
        worst = worst_loss(intent, facts)
        if worst is None:
            return _refuse(intent, "unlimited", "its loss has no limit: more calls are sold than bought")
        if worst > intent.max_loss:
            return _refuse(intent, str(worst), f"its legs can lose {worst}, the intent said {intent.max_loss}")
        return None


def _refuse(intent: SpreadIntent, was: str, sentence: str) -> Refused:
    return Refused(
        intent.strategy, intent.instrument, intent.ts, "defined_risk", was, str(intent.max_loss),
        f"{intent.instrument}: {sentence}",
    )  # fmt: skip
