# file: core/risk/rulechain.py
"""Rule chain: what a risk rule is, and which rules a lane has, in their order; the first refusal wins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol, runtime_checkable

from tradingbot.core.config.risk import LaneRisk
from tradingbot.core.lane import Stage
from tradingbot.core.messages.approval import Refused, SizedIntent
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.rules.exposure import AssetExposure, CorrelationCap, LaneExposure, PositionLeverage
from tradingbot.core.risk.rules.lanestate import (
    CandidatePromoted,
    DailyLossCap,
    LaneEnabled,
    LaneHalted,
    OpenPositions,
    Solvent,
)
from tradingbot.core.risk.rules.market import MarketSane, VenueMinimum
from tradingbot.core.risk.rules.options import DefinedRisk, OptionReserve
from tradingbot.core.risk.rules.stops import StopDistance, StopRequired, StopSide, TargetSide
from tradingbot.core.risk.view import RiskView


class IntentRule(Protocol):
    """Judges the wish, before anything is sized: it refuses, since a smaller size would be as wrong."""

    @property
    def name(self) -> str:
        """The word refusals are counted under."""

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        """Return why not, or nothing. It changes nothing, and what it raises means no order."""


class SizeRule(Protocol):
    """Judges the size: it refuses, unless it is a `Cap`."""

    @property
    def name(self) -> str:
        """The word refusals are counted under."""

    def check(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        """Return why not, or nothing; as `IntentRule.check`."""


@runtime_checkable
class Cap(SizeRule, Protocol):
    """A size rule with an upper bound: what is larger is cut to it, unless the lane's policy refuses it."""

    def room(self, sized: SizedIntent, view: RiskView) -> Decimal:
        """Return the most that may be at stake, account currency, where `check` refuses; at 0 or less nothing may."""


SWITCHES: tuple[IntentRule, ...] = (LaneHalted(), LaneEnabled(), CandidatePromoted())


def with_switches_on(view: RiskView) -> RiskView:
    """Return the view of a live lane in which every switch is on."""
    return replace(view, stage=Stage.LIVE, halted=None, enabled=True, promoted=True)


def switched_off(intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
    """Return the refusal of the first switch that is off, or nothing."""
    return next((refused for rule in SWITCHES if (refused := rule.check(intent, view))), None)


@dataclass(frozen=True, slots=True)
class RuleChain:
    """The rules before and after sizing, each in its order."""

    before: tuple[IntentRule, ...]
    after: tuple[SizeRule, ...]

    def admits(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        return next((refused for rule in self.before if (refused := rule.check(intent, view))), None)

    def accepts(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        return next((refused for rule in self.after if (refused := rule.check(sized, view))), None)


def build_rule_chain(policy: LaneRisk) -> RuleChain:
    """Return the rule chain of a lane. No other place puts a rule into one."""
    return RuleChain(
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
