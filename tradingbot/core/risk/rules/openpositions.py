# file: core/risk/rules/openpositions.py
"""No more positions at once than someone can look after."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.messages.answers import Refused, SizedIntent
from tradingbot.core.risk.view import RiskView

__all__ = ["OpenPositions"]


@dataclass(frozen=True, slots=True)
class OpenPositions:
    """Refuse when `limit` positions are open or on their way; a position is a strategy's in an instrument."""

    limit: int
    name: str = "open_positions"

    def check(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        """Return the refusal, or nothing."""
        held = {(each.strategy, each.instrument) for each in view.exposures}
        if len(held) < self.limit:
            return None
        sentence = f"{len(held)} positions are open or on their way, the limit is {self.limit}"
        return Refused.of(sized.intent, self.name, len(held), self.limit, sentence)
