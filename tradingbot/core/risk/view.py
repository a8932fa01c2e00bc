# file: core/risk/view.py
"""The frozen facts a rule may look at."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

__all__ = ["RiskView"]


@dataclass(frozen=True, slots=True)
class RiskView:
    """What is known when an intent is judged.

    `equity` is in the account's currency; `rate` converts one unit of the instrument's quote currency into it;
    `tick`, `step`, `minimum` and `minimum_notional` (quote currency) are the instrument's; `multiplier` is units a
    contract; `leverage` is how many times equity one position's notional may be.
    """

    equity: Decimal
    rate: Decimal
    tick: Decimal
    step: Decimal
    minimum: Decimal
    minimum_notional: Decimal
    multiplier: Decimal
    leverage: Decimal
