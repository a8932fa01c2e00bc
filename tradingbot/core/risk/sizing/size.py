# file: core/risk/sizing/size.py
"""How large a trade may be, with every number that led there."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

__all__ = ["Size"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The steps of a sizing, so that a person can follow them.

    `tier_fraction` less `drawdown_penalty`, but at least the floor, is `risk_fraction`; it and `signal_weight` are None
    for the fixed amount of a small account. `sl_distance` is a fraction of `price`. `exact` is the quantity before and
    `quantity` after rounding down to the step; `notional` and `risk` (lost at the stop) are in account currency.
    """

    policy: str
    equity: Decimal
    tier_fraction: Decimal | None
    drawdown_penalty: Decimal
    risk_fraction: Decimal | None
    signal_weight: Decimal | None
    sl_distance: Decimal
    price: Decimal
    exact: Decimal
    quantity: Decimal
    notional: Decimal
    risk: Decimal
