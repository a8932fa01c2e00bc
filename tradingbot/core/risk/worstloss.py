# file: core/risk/worstloss.py
"""What an option structure can lose at expiry, from its legs alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from tradingbot.core.messages.intent import Leg
from tradingbot.core.risk.view import Contract, Terms

__all__ = ["worst_loss"]


def worst_loss(legs: Sequence[Leg], terms: Mapping[str, Terms]) -> Decimal | str:
    """Return the most one unit of the structure can lose, quote currency per share, or in words why that is not known.

    The profit at expiry is piecewise linear in the underlying's price S, with its corners at the strikes, so its least
    value lies at S = 0, at a strike, or without limit above the highest strike when more calls are sold than bought.
    One unit is one contract a leg, all on one underlying, one expiry and one multiplier.
    """
    contracts: list[tuple[Contract, int, Decimal]] = []
    for leg in legs:
        known = terms.get(leg.instrument)
        if known is None or known.contract is None:
            return f"has a leg that is no option, {leg.instrument}"
        contracts.append((known.contract, leg.side.sign, leg.price))
    if not contracts:
        return "has no legs"
    if len({contract.expiry for contract, _sign, _price in contracts}) != 1:
        return "has legs of several expiries"
    if len({terms[leg.instrument].multiplier for leg in legs}) != 1:
        return "has legs of several multipliers"
    if len({terms[leg.instrument].asset for leg in legs}) != 1:
        return "has legs on several underlyings"
    if any(leg.price < 0 for leg in legs):
        return "has a leg with a price below zero"
    if sum(sign for contract, sign, _price in contracts if contract.right == "C") < 0:
        return "sells more calls than it buys and can lose without limit"
    paid = sum((sign * price for _contract, sign, price in contracts), Decimal(0))
    corners = [Decimal(0), *(contract.strike for contract, _sign, _price in contracts)]
    least = min(sum((sign * _payoff(contract, at) for contract, sign, _ in contracts), Decimal(0)) for at in corners)
    return paid - least


def _payoff(contract: Contract, at: Decimal) -> Decimal:
    inside = at - contract.strike if contract.right == "C" else contract.strike - at
    return max(inside, Decimal(0))
