# file: core/risk/gate.py
"""Which rules a lane has, and in which order: the first refusal wins."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.config.risk import LaneRisk
from tradingbot.core.messages.answers import Refused, SizedIntent
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.rule import IntentRule, SizeRule
from tradingbot.core.risk.rules.correlationcap import CorrelationCap
from tradingbot.core.risk.rules.dailyloss import DailyLossCap
from tradingbot.core.risk.rules.definedrisk import DefinedRisk
from tradingbot.core.risk.rules.exposurecap import AssetExposure, LaneExposure
from tradingbot.core.risk.rules.marketsane import MarketSane
from tradingbot.core.risk.rules.openpositions import OpenPositions
from tradingbot.core.risk.rules.optionreserve import OptionReserve
from tradingbot.core.risk.rules.positionleverage import PositionLeverage
from tradingbot.core.risk.rules.solvent import Solvent
from tradingbot.core.risk.rules.stopdistance import StopDistance
from tradingbot.core.risk.rules.stoprequired import StopRequired
from tradingbot.core.risk.rules.stopside import StopSide
from tradingbot.core.risk.rules.targetside import TargetSide
from tradingbot.core.risk.rules.venueminimum import VenueMinimum
from tradingbot.core.risk.switches import SWITCHES
from tradingbot.core.risk.view import RiskView

__all__ = ["Gate", "rules_of"]


@dataclass(frozen=True, slots=True)
class Gate:
    """The rules before and after sizing, each in its order."""

    before: tuple[IntentRule, ...]
    after: tuple[SizeRule, ...]

    def admits(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        """Return the first refusal of the wish, or nothing."""
        for rule in self.before:
            if refused := rule.check(intent, view):
                return refused
        return None

    def accepts(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        """Return the first refusal of the size, or nothing."""
        for rule in self.after:
            if refused := rule.check(sized, view):
                return refused
        return None


def rules_of(policy: LaneRisk) -> Gate:
    """Return the gate of a lane. No other place puts a rule into a gate."""
    return Gate(
        before=(
            *SWITCHES,
            Solvent(),
            MarketSane(policy.max_spread, policy.max_data_age_bars),
            StopRequired(),
            StopSide(),
            StopDistance(policy.max_stop_distance),
            TargetSide(),
            DefinedRisk(policy.max_stop_distance),
            DailyLossCap(policy.daily_loss.limit),
        ),
        after=(
            VenueMinimum(),
            PositionLeverage(policy.max_position_leverage),
            OpenPositions(policy.max_open_positions),
            AssetExposure(policy.max_asset_exposure),
            LaneExposure(policy.max_lane_exposure),
            OptionReserve(policy.max_reserved),
            CorrelationCap(policy.correlation.limit, policy.correlation.max_exposure),
        ),
    )
