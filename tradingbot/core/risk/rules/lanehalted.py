# file: core/risk/rules/lanehalted.py
"""Nothing is entered in a lane that was killed, until an operator resumes it."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.messages.answers import Refused
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.view import RiskView

__all__ = ["LaneHalted"]


@dataclass(frozen=True, slots=True)
class LaneHalted:
    """Refuse while the lane's kill latch is set."""

    name: str = "lane_halted"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        """Return the refusal with the reason of the kill, or nothing."""
        if view.halted is None:
            return None
        return Refused.of(intent, self.name, "killed", "armed", f"the {view.lane} lane is killed ({view.halted})")
