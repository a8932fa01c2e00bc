# file: core/risk/sizing/riskfraction.py
"""How much to buy so that a hit stop costs a known share of equity."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.risk.view import RiskView

__all__ = ["RiskFraction"]


@dataclass(frozen=True, slots=True)
class RiskFraction:
    """Size by the loss at the stop.

    quantity = equity x fraction / (loss_per_unit x multiplier x rate), at most equity x leverage of notional, rounded
    down to the instrument's step. Zero when nothing is affordable.
    """

    fraction: Decimal

    def quantity(self, view: RiskView, price: Decimal, loss_per_unit: Decimal) -> Decimal:
        """Return units (contracts for options); `price` and `loss_per_unit` are in quote currency per unit."""
        unit = view.multiplier * view.rate
        affordable = view.equity * view.leverage / (price * unit)
        wanted = view.equity * self.fraction / (loss_per_unit * unit)
        size = max(Decimal(0), min(wanted, affordable))
        return int(size / view.step) * view.step
