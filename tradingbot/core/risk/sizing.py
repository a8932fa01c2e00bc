# file: core/risk/sizing.py
"""Position sizing: a fixed amount for small accounts, a fraction of equity at the stop for all others."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from tradingbot.core.config.risk import Drawdown, LaneRisk, SmallAccount, Tier
from tradingbot.core.messages.intent import Strength
from tradingbot.core.risk.rounding import DUST, stepped
from tradingbot.core.risk.view import RiskView


@dataclass(frozen=True, slots=True)
class PositionSize:
    """The steps of a sizing, so that a person can follow them.

    `tier_fraction` and `signal_weight` are None for the fixed amount of a small account. `price` and `loss_per_unit`
    are in quote currency, `unit` is contract multiplier x rate into account currency. `exact` is the quantity before
    and `quantity` after rounding down to the step.
    """

    equity: Decimal
    tier_fraction: Decimal | None
    risk_fraction: Decimal | None
    signal_weight: Decimal | None
    price: Decimal
    loss_per_unit: Decimal
    unit: Decimal
    exact: Decimal
    quantity: Decimal

    @property
    def policy(self) -> str:
        return "fixed amount" if self.risk_fraction is None else "risk fraction"

    @property
    def drawdown_penalty(self) -> Decimal:
        """What the drawdown took off the tier's fraction."""
        if self.tier_fraction is None or self.risk_fraction is None:
            return Decimal(0)
        return self.tier_fraction - self.risk_fraction

    @property
    def sl_distance(self) -> Decimal:
        """How far the stop lies, a fraction of the price."""
        return self.loss_per_unit / self.price

    @property
    def notional(self) -> Decimal:
        return self.quantity * self.price * self.unit

    @property
    def risk(self) -> Decimal:
        """What is lost at the stop or at worst, account currency."""
        return self.quantity * self.loss_per_unit * self.unit


def tier_fraction(tiers: tuple[Tier, ...], equity: Decimal) -> Decimal:
    """Return the fraction of the last tier that `equity` has reached, the first one's below it."""
    reached = [tier.fraction for tier in tiers if equity >= tier.equity]
    return reached[-1] if reached else tiers[0].fraction


def penalised(policy: Drawdown, fraction: Decimal, drawdown: Decimal) -> Decimal:
    """Return max(floor, fraction - penalty x number of full steps of drawdown); never more than `fraction`. `drawdown`
    is how far equity lies below its peak, a fraction."""
    steps = drawdown // policy.step
    return min(fraction, max(policy.floor, fraction - policy.penalty * steps))


def fixed_quantity(policy: SmallAccount, price: Decimal, loss_per_unit: Decimal, unit: Decimal) -> Decimal:
    """Return amount / (price x unit) for `notional`, amount / (loss_per_unit x unit) for `risk`."""
    per_unit = price if policy.meaning == "notional" else loss_per_unit
    return policy.amount / (per_unit * unit)


def size(policy: LaneRisk, view: RiskView, price: Decimal, loss_per_unit: Decimal, strength: Strength) -> PositionSize:
    """Return how much `policy` allows. quantity = equity x risk_fraction x signal_weight / (sl_distance x price x
    multiplier x rate), where sl_distance = `loss_per_unit` / price; rounded down to the instrument's step, never up to
    a venue's minimum. Below the small account's threshold it is the fixed amount instead. `price` is that of the entry;
    `loss_per_unit` is lost at the stop, or at worst by an option structure; both positive."""
    unit = view.terms.multiplier * view.terms.rate
    small = policy.sizing.small_account
    tier = fraction = weight = None
    if view.equity < small.below:
        exact = fixed_quantity(small, price, loss_per_unit, unit)
    else:
        tier = policy.risk_fraction or tier_fraction(policy.sizing.tiers, view.equity)
        fraction = penalised(policy.sizing.drawdown, tier, view.drawdown)
        weight = getattr(policy.sizing.weights, strength.value)
        exact = view.equity * fraction * weight / (loss_per_unit * unit)
    quantity = stepped(max(exact, Decimal(0)) * DUST, view.terms.step, ROUND_FLOOR)
    return PositionSize(view.equity, tier, fraction, weight, price, loss_per_unit, unit, exact, quantity)
