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
    """Refuse when open positions, working entries and unspent approvals of one asset would exceed `limit` x equity.

    Long and short add up: a hedge between strategies is no reason to hold more.
    """

    limit: Decimal
    name: str = "asset_exposure"

    def check(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        """Return the refusal, or nothing."""
        asset = view.terms.asset
        held = sum((each.gross for each in view.exposures if each.asset == asset), Decimal(0))
        return _over(sized, self.name, f"exposure of {asset}", held, self.limit, view)


@dataclass(frozen=True, slots=True)
class LaneExposure:
    """Refuse when the same sum over the whole lane would exceed `limit` x equity."""

    limit: Decimal
    name: str = "lane_exposure"

    def check(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        """Return the refusal, or nothing."""
        held = sum((each.gross for each in view.exposures), Decimal(0))
        return _over(sized, self.name, f"exposure of the {view.lane} lane", held, self.limit, view)


def _over(sized: SizedIntent, rule: str, what: str, held: Decimal, limit: Decimal, view: RiskView) -> Refused | None:
    would_be = held + sized.at_stake
    allowed = limit * view.equity
    if would_be <= allowed:
        return None
    was, most = rounded_up(would_be), rounded_down(allowed)
    sentence = f"{what} would be {was}, limit is {most} ({limit} times equity)"
    return Refused.of(sized.intent, rule, was, most, sentence)
