# file: core/risk/rules/definedrisk.py
"""Options are opened as structures whose worst loss is known, counted from their legs and not believed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.messages.answers import Refused
from tradingbot.core.messages.intent import Intent, Leg, SpreadIntent
from tradingbot.core.risk.view import RiskView
from tradingbot.core.risk.wording import rounded_up
from tradingbot.core.risk.worstloss import worst_loss

__all__ = ["DefinedRisk"]

_ROUNDING = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class DefinedRisk:
    """Refuse an option structure that can lose without limit, more than it says, or more than `max_distance`.

    What 15 % means for options: the structure's worst loss at expiry per share, which no gap can exceed, may be at most
    `max_distance` of the underlying's price. A single option bought alone is a structure of one leg and may lose
    its whole premium; proposed with a stop instead, it is refused, since a premium gaps through stops.
    """

    max_distance: Decimal
    name: str = "defined_risk"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        """Return the refusal, or nothing."""
        if isinstance(intent, Intent):
            return self._single(intent, view)
        if strange := [leg for leg in intent.legs if leg.instrument in view.legs and self._elsewhere(leg, view)]:
            sentence = f"the leg {strange[0].instrument} is not on the underlying of the structure"
            return Refused.of(intent, self.name, strange[0].instrument, f"options on {view.about}", sentence)
        loss = worst_loss(intent.legs, view.legs)
        if isinstance(loss, str):
            return Refused.of(intent, self.name, "unlimited", "a known worst loss", f"the structure {loss}")
        if intent.max_loss + _ROUNDING < loss:
            sentence = f"the structure was said to lose {intent.max_loss} a share at worst, its legs can lose {loss}"
            return Refused.of(intent, self.name, intent.max_loss, loss, sentence)
        if min(loss, intent.max_loss) <= 0:
            sentence = f"the legs lose {loss} at worst, {intent.max_loss} was said: their prices are wrong"
            return Refused.of(intent, self.name, min(loss, intent.max_loss), "above 0", sentence)
        distance = max(intent.max_loss, loss) / intent.price
        if distance > self.max_distance:
            was = rounded_up(distance, ".2%")
            sentence = f"the worst loss was {was} of {intent.price}, the limit is {self.max_distance:.2%}"
            return Refused.of(intent, self.name, rounded_up(distance, ".4f"), self.max_distance, sentence)
        return None

    @staticmethod
    def _elsewhere(leg: Leg, view: RiskView) -> bool:
        return view.about is not None and view.legs[leg.instrument].asset != view.about

    def _single(self, intent: Intent, view: RiskView) -> Refused | None:
        if view.terms.contract is None:
            return None
        sentence = "options are proposed as a structure with its worst loss, a stop on a premium can gap"
        return Refused.of(intent, self.name, "a stop", "a structure", sentence)
