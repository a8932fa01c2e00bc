# file: core/risk/sizing/riskfraction.py
"""The share of equity a trade may lose at its stop."""

from __future__ import annotations

from decimal import Decimal

from tradingbot.core.config.risk import Drawdown, Tier

__all__ = ["penalised", "tier_fraction"]


def tier_fraction(tiers: tuple[Tier, ...], equity: Decimal) -> Decimal:
    """Return the fraction of the last tier that `equity` has reached, the first one's below it."""
    reached = [tier.fraction for tier in tiers if equity >= tier.equity]
    return reached[-1] if reached else tiers[0].fraction


def penalised(policy: Drawdown, fraction: Decimal, drawdown: Decimal) -> Decimal:
    """Return max(floor, fraction - penalty x number of full steps of drawdown); never more than `fraction`.

    `drawdown` is how far equity lies below its peak, a fraction.
    """
    steps = drawdown // policy.step
    return min(fraction, max(policy.floor, fraction - policy.penalty * steps))
