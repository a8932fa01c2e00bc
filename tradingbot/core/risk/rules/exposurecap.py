# file: core/risk/rules/exposurecap.py
"""What is at stake in one asset, and in the whole lane, has an upper bound."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.messages.answers import Refused, SizedIntent
from tradingbot.core.risk.view import RiskView
from tradingbot.core.risk.wording import rounded_down, rounded_up

__all__ = ["AssetExposure", "LaneExposure"]


@dataclass(frozen=True, slots=True)
class AssetExposure:
    """Cap what open positions, working entries and unspent approvals of one asset come to at `limit` x equity.

    Long and short add up: a hedge between strategies is no reason to hold more.
    """

    limit: Decimal
    name: str = "asset_exposure"

    def check(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        """Return the refusal, or nothing."""
        return _over(sized, self.name, f"exposure of {view.terms.asset}", self._held(view), self.limit, view)

    def room(self, _sized: SizedIntent, view: RiskView) -> Decimal:
        """Return what the asset leaves of its limit."""
        return self.limit * view.equity - self._held(view)

    def _held(self, view: RiskView) -> Decimal:
        return sum((each.gross for each in view.exposures if each.asset == view.terms.asset), Decimal(0))


@dataclass(frozen=True, slots=True)
class LaneExposure:
    """Cap the same sum over the whole lane at `limit` x equity."""

    limit: Decimal
    name: str = "lane_exposure"

    def check(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        """Return the refusal, or nothing."""
        return _over(sized, self.name, f"exposure of the {view.lane} lane", self._held(view), self.limit, view)

    def room(self, _sized: SizedIntent, view: RiskView) -> Decimal:
        """Return what the lane leaves of its limit."""
        return self.limit * view.equity - self._held(view)

    def _held(self, view: RiskView) -> Decimal:
        return sum((each.gross for each in view.exposures), Decimal(0))


def _over(sized: SizedIntent, rule: str, what: str, held: Decimal, limit: Decimal, view: RiskView) -> Refused | None:
    would_be = held + sized.at_stake
    allowed = limit * view.equity
    if would_be <= allowed:
        return None
    was, most = rounded_up(would_be), rounded_down(allowed)
    sentence = f"{what} would be {was}, limit is {most} ({limit} times equity)"
    return Refused.of(sized.intent, rule, was, most, sentence)
