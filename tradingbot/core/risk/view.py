# file: core/risk/view.py
"""The frozen facts a rule may look at."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

__all__ = ["OptionFacts", "RiskView"]

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class OptionFacts:
    """One option of a structure: its underlying's symbol, C or P, strike in quote currency, expiry in UTC ns."""

    underlying: str
    right: Literal["C", "P"]
    strike: Decimal
    expiry: int

    def worth(self, price: Decimal) -> Decimal:
        """Return what the option is worth at expiry when the share costs `price`."""
        return max(price - self.strike if self.right == "C" else self.strike - price, _ZERO)


@dataclass(frozen=True, slots=True)
class RiskView:
    """What is known when an intent is judged.

    `equity` is in the account's currency; `rate` converts one unit of the instrument's quote currency into it;
    `tick`, `step`, `minimum` and `minimum_notional` (quote currency) are the instrument's; `multiplier` is units a
    contract; `leverage` is how many times equity one position's notional may be. `mark` is the last price of what the
    intent is about, where one is known: what an intent says is not taken on trust. `legs` are a structure's options.
    """

    equity: Decimal
    rate: Decimal
    tick: Decimal
    step: Decimal
    minimum: Decimal
    minimum_notional: Decimal
    multiplier: Decimal
    leverage: Decimal
    mark: Decimal | None = None
    legs: tuple[OptionFacts, ...] = ()
