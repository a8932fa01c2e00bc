# file: core/risk/rules/candidatepromoted.py
"""Live money needs a candidate that was validated and promoted."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.lane import Stage
from tradingbot.core.messages.answers import Refused
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.view import RiskView

__all__ = ["CandidatePromoted"]


@dataclass(frozen=True, slots=True)
class CandidatePromoted:
    """Refuse a live entry of a strategy that is not promoted."""

    name: str = "candidate_promoted"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        """Return the refusal, or nothing in a backtest and in paper."""
        if view.stage is not Stage.LIVE or view.promoted:
            return None
        return Refused.of(intent, self.name, "not promoted", "promoted", f"{intent.strategy} is not promoted to live")
