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
    """Refuse when the cluster around an instrument would hold more than `max_exposure` x equity in one direction.

    The cluster is every exposure whose return correlation with the instrument has a size of at least `threshold`, the
    same asset (correlation 1), and those of which too little is known. An exposure counts with the sign of
    position x correlation against the new side: short B that moves with A hedges long A and is subtracted, short B that
    moves against A adds. What is not known adds, in either direction, and hedges nothing. Option structures add
    their worst loss.
    """

    threshold: Decimal
    max_exposure: Decimal
    name: str = "correlation_cap"

    def check(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        """Return the refusal, or nothing."""
        direction = -1 if sized.signed < 0 else 1
        total = sized.at_stake
        members = []
        for each in view.exposures:
            adds = self._adds(each, view, direction)
            total += adds
            if adds:
                members.append(each.instrument)
        allowed = self.max_exposure * view.equity
        if not members or total <= allowed:
            return None
        cluster = ", ".join(sorted(set(members)))
        was, most = rounded_up(total), rounded_down(allowed)
        sentence = f"exposure together with {cluster}, which moves with it, would be {was}, limit is {most}"
        return Refused.of(sized.intent, self.name, was, most, sentence)

    def _adds(self, each: Exposure, view: RiskView, direction: int) -> Decimal:
        if each.asset == view.terms.asset:
            return each.signed * direction + each.reserved
        known = view.correlations.get(each.instrument)
        if known is None or math.isnan(known):
            return each.gross
        if abs(known) < float(self.threshold):
            return Decimal(0)
        return each.signed * direction * (1 if known > 0 else -1) + each.reserved
