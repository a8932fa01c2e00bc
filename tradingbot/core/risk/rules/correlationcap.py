# file: core/risk/rules/correlationcap.py
"""Things that move together are one bet, whatever they are called."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.messages.answers import Refused, SizedIntent
from tradingbot.core.risk.view import Exposure, RiskView
from tradingbot.core.risk.wording import rounded_down, rounded_up

__all__ = ["CorrelationCap"]


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
        """Return the refusal, or nothing."""
        cluster = self._cluster(sized, view)
        total, allowed = sum(cluster.values(), sized.at_stake), self.max_exposure * view.equity
        if not cluster or total <= allowed:
            return None
        was, most = rounded_up(total), rounded_down(allowed)
        names = ", ".join(sorted(cluster))
        sentence = f"exposure together with {names}, which moves with it, would be {was}, limit is {most}"
        return Refused.of(sized.intent, self.name, was, most, sentence)

    def room(self, sized: SizedIntent, view: RiskView) -> Decimal:
        """Return what the cluster leaves of its limit in this direction."""
        return self.max_exposure * view.equity - sum(self._cluster(sized, view).values(), Decimal(0))

    def _cluster(self, sized: SizedIntent, view: RiskView) -> dict[str, Decimal]:
        """Return what each instrument of the cluster adds, negative where it hedges."""
        direction = -1 if sized.signed < 0 else 1
        found: dict[str, Decimal] = {}
        for each in view.exposures:
            if adds := self._adds(each, view, direction):
                found[each.instrument] = found.get(each.instrument, Decimal(0)) + adds
        return found

    def _adds(self, each: Exposure, view: RiskView, direction: int) -> Decimal:
        if each.asset == view.terms.asset:
            return each.signed * direction + each.reserved
        known = view.correlations.get(each.instrument)
        if known is None or math.isnan(known):
            return each.gross
        if abs(known) < float(self.threshold):
            return Decimal(0)
        return each.signed * direction * (1 if known > 0 else -1) + each.reserved
