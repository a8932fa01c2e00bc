# file: core/risk/switches.py
"""Switches: the rules that say whether a lane may enter at all, apart from those that judge an intent on its merits."""

from __future__ import annotations

from dataclasses import replace

from tradingbot.core.lane import Stage
from tradingbot.core.messages.answers import Refused
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.rule import IntentRule
from tradingbot.core.risk.rules.candidatepromoted import CandidatePromoted
from tradingbot.core.risk.rules.laneenabled import LaneEnabled
from tradingbot.core.risk.rules.lanehalted import LaneHalted
from tradingbot.core.risk.view import RiskView

__all__ = ["SWITCHES", "on_the_merits", "switched_off"]

SWITCHES: tuple[IntentRule, ...] = (LaneHalted(), LaneEnabled(), CandidatePromoted())


def on_the_merits(view: RiskView) -> RiskView:
    """Return the view of a live lane in which every switch is on."""
    return replace(view, stage=Stage.LIVE, halted=None, enabled=True, promoted=True)


def switched_off(intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
    """Return the refusal of the first switch that is off, or nothing."""
    return next((refused for rule in SWITCHES if (refused := rule.check(intent, view))), None)
