# file: core/risk/rules/laneenabled.py
"""Live money needs a lane that an operator switched on."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.lane import Stage
from tradingbot.core.messages.answers import Refused
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.view import RiskView

__all__ = ["LaneEnabled"]


@dataclass(frozen=True, slots=True)
class LaneEnabled:
    """Refuse a live entry in a lane that is not enabled."""

    name: str = "lane_enabled"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        """Return the refusal, or nothing in a backtest and in paper."""
        if view.stage is not Stage.LIVE or view.enabled:
            return None
        return Refused.of(intent, self.name, "off", "on", f"live trading of the {view.lane} lane is not enabled")
