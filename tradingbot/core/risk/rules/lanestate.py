# file: core/risk/rules/lanestate.py
"""Rules on the state of the lane: kill, live switch, promotion, solvency, daily loss, open positions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.lane import Stage
from tradingbot.core.messages.approval import Refused, SizedIntent
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.view import RiskView


@dataclass(frozen=True, slots=True)
class LaneHalted:
    """Refuse while the lane's kill latch is set."""

    name: str = "lane_halted"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        if view.halted is None:
            return None
        return Refused.of(intent, self.name, "killed", "armed", f"the {view.lane} lane is killed ({view.halted})")


@dataclass(frozen=True, slots=True)
class LaneEnabled:
    """Refuse a live entry in a lane that is not enabled."""

    name: str = "lane_enabled"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        if view.stage is not Stage.LIVE or view.enabled:
            return None
        return Refused.of(intent, self.name, "off", "on", f"live trading of the {view.lane} lane is not enabled")


@dataclass(frozen=True, slots=True)
class CandidatePromoted:
    """Refuse a live entry of a strategy that is not promoted."""

    name: str = "candidate_promoted"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        if view.stage is not Stage.LIVE or view.promoted:
            return None
        return Refused.of(intent, self.name, "not promoted", "promoted", f"{intent.strategy} is not promoted to live")


@dataclass(frozen=True, slots=True)
class Solvent:
    """Refuse when equity is not a number above zero: an infinite one would pass every cap that is a share of it."""

    name: str = "solvent"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        if view.equity.is_finite() and view.equity > 0:
            return None
        return Refused.of(
            intent, self.name, view.equity, "above 0", f"equity is {view.equity}, there is nothing to risk"
        )


@dataclass(frozen=True, slots=True)
class DailyLossCap:
    """Refuse once the trades closed since the lane's day began have lost `limit` of the equity before them. That equity
    is today's less today's realised result. The day's boundary is the lane's: `DailyLoss` in the config."""

    limit: Decimal
    name: str = "daily_loss"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        lost = -view.realised_today
        allowed = self.limit * (view.equity + lost)
        if lost <= 0 or lost < allowed:
            return None
        sentence = f"today's closed trades lost {lost:.2f}, the limit is {allowed:.2f} ({self.limit:.2%} of equity)"
        return Refused.of(intent, self.name, f"{lost:.2f}", f"{allowed:.2f}", sentence)


@dataclass(frozen=True, slots=True)
class OpenPositions:
    """Refuse when `limit` positions are open or on their way; a position is a strategy's in an instrument."""

    limit: int
    name: str = "open_positions"

    def check(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        held = {(each.strategy, each.instrument) for each in view.exposures}
        if len(held) < self.limit:
            return None
        sentence = f"{len(held)} positions are open or on their way, the limit is {self.limit}"
        return Refused.of(sized.intent, self.name, len(held), self.limit, sentence)
