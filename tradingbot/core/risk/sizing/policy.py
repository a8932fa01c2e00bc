# file: core/risk/sizing/policy.py
"""The sizing policy of a lane: a fixed amount for small accounts, a share of equity at the stop for all others."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

from tradingbot.core.config.risk import LaneRisk
from tradingbot.core.messages.intent import Strength
from tradingbot.core.risk.sizing.riskfraction import penalised, tier_fraction
from tradingbot.core.risk.sizing.size import Size
from tradingbot.core.risk.sizing.smallaccount import fixed_quantity
from tradingbot.core.risk.steps import DUST, stepped
from tradingbot.core.risk.view import RiskView

__all__ = ["size"]


def size(policy: LaneRisk, view: RiskView, price: Decimal, loss_per_unit: Decimal, strength: Strength) -> Size:
    """Return how much `policy` allows.

    quantity = equity x risk_fraction x signal_weight / (sl_distance x price x multiplier x rate), where sl_distance =
    `loss_per_unit` / price; rounded down to the instrument's step, never up to a venue's minimum. Below the
    small account's threshold it is the fixed amount instead.

    `price` is where the position is entered; `loss_per_unit` is what a unit loses at its stop, or at worst for an
    option structure; both in quote currency and positive.
    """
    unit = view.terms.multiplier * view.terms.rate
    small = policy.sizing.small_account
    tier: Decimal | None = None
    fraction: Decimal | None = None
    weight: Decimal | None = None
    if view.equity < small.below:
        exact = fixed_quantity(small, price, loss_per_unit, unit)
    else:
        tier = policy.risk_fraction or tier_fraction(policy.sizing.tiers, view.equity)
        fraction = penalised(policy.sizing.drawdown, tier, view.drawdown)
        weight = getattr(policy.sizing.weights, strength.value)
        exact = view.equity * fraction * weight / (loss_per_unit * unit)
    quantity = stepped(max(exact, Decimal(0)) * DUST, view.terms.step, ROUND_FLOOR)
    return Size(
        equity=view.equity,
        tier_fraction=tier,
        risk_fraction=fraction,
        signal_weight=weight,
        price=price,
        loss_per_unit=loss_per_unit,
        unit=unit,
        exact=exact,
        quantity=quantity,
    )
