# file: core/risk/sizing/smallaccount.py
"""A fixed amount a trade, for accounts too small to be cut into fractions."""

from __future__ import annotations

from decimal import Decimal

from tradingbot.core.config.risk import SmallAccount

__all__ = ["fixed_quantity"]


def fixed_quantity(policy: SmallAccount, price: Decimal, loss_per_unit: Decimal, unit: Decimal) -> Decimal:
    """Return amount / (price x unit) for `notional`, amount / (loss_per_unit x unit) for `risk`, in instrument units.

    `price` and `loss_per_unit` are in quote currency; `unit` is contract multiplier x rate into account currency.
    """
    per_unit = price if policy.meaning == "notional" else loss_per_unit
    return policy.amount / (per_unit * unit)
