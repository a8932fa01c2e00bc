# file: core/risk/rules/solvent.py
"""Nothing is entered on money that is not there."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.messages.answers import Refused
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.view import RiskView

__all__ = ["Solvent"]


@dataclass(frozen=True, slots=True)
class Solvent:
    """Refuse when equity is not a number above zero: an infinite one would pass every cap that is a share of it."""

    name: str = "solvent"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        """Return the refusal, or nothing."""
        if view.equity.is_finite() and view.equity > 0:
            return None
        return Refused.of(
            intent, self.name, view.equity, "above 0", f"equity is {view.equity}, there is nothing to risk"
        )
