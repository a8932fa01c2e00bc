# file: core/risk/rules/exposure.py
"""Rules on exposure: caps by position, asset, lane and correlated cluster, as multiples of equity."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.messages.approval import Refused, SizedIntent
from tradingbot.core.risk.rounding import rounded_down, rounded_up
from tradingbot.core.risk.view import Exposure, RiskView


@dataclass(frozen=True, slots=True)
class PositionLeverage:
    """Cap the notional of an entry at `max_leverage` (or the venue's leverage) times equity. Options are paid for or
    reserved in full, so their worst loss may not exceed equity times `max_leverage`."""

    max_leverage: Decimal
    name: str = "position_leverage"

    def check(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        would_be, limit = sized.at_stake, self.room(sized, view)
        if would_be <= limit:
            return None
        was, most = rounded_up(would_be), rounded_down(limit)
        allowed = min(self.max_leverage, view.leverage)
        times = f", {rounded_up(would_be / view.equity)} times equity" if view.equity > 0 else ""
        sentence = f"the position would be {was}{times}; the limit is {most}, {allowed} times"
        return Refused.of(sized.intent, self.name, was, most, sentence)

    def room(self, _sized: SizedIntent, view: RiskView) -> Decimal:
        return min(self.max_leverage, view.leverage) * view.equity


@dataclass(frozen=True, slots=True)
class AssetExposure:
    """Cap what open positions, working entries and unspent approvals of one asset come to at `limit` x equity. Long and
    short add up: a hedge between strategies is no reason to hold more."""

    limit: Decimal
    name: str = "asset_exposure"

    def check(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        return _over(
            sized, self.name, f"exposure of {view.terms.asset}", _held(view, view.terms.asset), self.limit, view
        )

    def room(self, _sized: SizedIntent, view: RiskView) -> Decimal:
        return self.limit * view.equity - _held(view, view.terms.asset)


@dataclass(frozen=True, slots=True)
class LaneExposure:
    """Cap the same sum over the whole lane at `limit` x equity."""

    limit: Decimal
    name: str = "lane_exposure"

    def check(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        return _over(sized, self.name, f"exposure of the {view.lane} lane", _held(view), self.limit, view)

    def room(self, _sized: SizedIntent, view: RiskView) -> Decimal:
        return self.limit * view.equity - _held(view)


def _held(view: RiskView, asset: str | None = None) -> Decimal:
    return sum((each.gross for each in view.exposures if asset in (None, each.asset)), Decimal(0))


def _over(sized: SizedIntent, rule: str, what: str, held: Decimal, limit: Decimal, view: RiskView) -> Refused | None:
    would_be, allowed = held + sized.at_stake, limit * view.equity
    if would_be <= allowed:
        return None
    was, most = rounded_up(would_be), rounded_down(allowed)
    return Refused.of(sized.intent, rule, was, most, f"{what} would be {was}, limit is {most} ({limit} times equity)")


@dataclass(frozen=True, slots=True)
class CorrelationCap:
    """Cap what the cluster around an instrument holds in one direction at `max_exposure` x equity.

    The cluster is every exposure whose return correlation with the instrument has a size of at least `threshold`, the
    same asset (correlation 1), and those of which too little is known. An exposure counts with the sign of
    position x correlation against the new side: short B that moves with A hedges long A and is subtracted, short B that
    moves against A adds. What is not known adds, in either direction, and hedges nothing. Option structures add
    their worst loss. A direction that is full leaves no room: it is refused, not cut.
    """

    threshold: Decimal
    max_exposure: Decimal
    name: str = "correlation_cap"

    def check(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        cluster = self._cluster(sized, view)
        total, allowed = sum(cluster.values(), sized.at_stake), self.max_exposure * view.equity
        if not cluster or total <= allowed:
            return None
        was, most = rounded_up(total), rounded_down(allowed)
        names = ", ".join(sorted(cluster))
        sentence = f"exposure together with {names}, which moves with it, would be {was}, limit is {most}"
        return Refused.of(sized.intent, self.name, was, most, sentence)

    def room(self, sized: SizedIntent, view: RiskView) -> Decimal:
        return self.max_exposure * view.equity - sum(self._cluster(sized, view).values(), Decimal(0))

    def _cluster(self, sized: SizedIntent, view: RiskView) -> dict[str, Decimal]:
        # What each instrument adds, negative where it hedges.
        direction = -1 if sized.signed < 0 else 1
        adding: dict[str, Decimal] = {}
        for each in view.exposures:
            if adds := self._adds(each, view, direction):
                adding[each.instrument] = adding.get(each.instrument, Decimal(0)) + adds
        return adding

    def _adds(self, each: Exposure, view: RiskView, direction: int) -> Decimal:
        if each.asset == view.terms.asset:
            return each.signed * direction + each.reserved
        known = view.correlations.get(each.instrument)
        if known is None or math.isnan(known):
            return each.gross
        if abs(known) < float(self.threshold):
            return Decimal(0)
        return each.signed * direction * (1 if known > 0 else -1) + each.reserved
