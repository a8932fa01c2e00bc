# file: core/risk/rule.py
"""What a rule is: a pure function of an intent and the view that refuses or is silent."""

from __future__ import annotations

from typing import Protocol

from tradingbot.core.messages.answers import Refused, SizedIntent
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.view import RiskView

__all__ = ["IntentRule", "SizeRule"]


class IntentRule(Protocol):
    """Judges the wish, before anything is sized."""

    @property
    def name(self) -> str:
        """The word refusals are counted under."""

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        """Return why not, or nothing. It changes nothing, and what it raises means no order."""


class SizeRule(Protocol):
    """Judges the size."""

    @property
    def name(self) -> str:
        """The word refusals are counted under."""

    def check(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        """Return why not, or nothing; as `IntentRule.check`."""
