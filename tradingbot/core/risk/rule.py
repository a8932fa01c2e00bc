# file: core/risk/rule.py
"""What a rule is: a pure function of an intent and the view that refuses, says how much is allowed, or is silent."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol, runtime_checkable

from tradingbot.core.messages.answers import Refused, SizedIntent
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.view import RiskView

__all__ = ["Cap", "IntentRule", "SizeRule"]


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
