# file: core/risk/sizing/size.py
"""How large a trade may be, with every number that led there."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

__all__ = ["Size"]


@dataclass(frozen=True, slots=True)
class Size:
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
        """Which policy was used, in words."""
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
        """What is bought or sold, account currency."""
        return self.quantity * self.price * self.unit

    @property
    def risk(self) -> Decimal:
        """What is lost at the stop or at worst, account currency."""
        return self.quantity * self.loss_per_unit * self.unit
