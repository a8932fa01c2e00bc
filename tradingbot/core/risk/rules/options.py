# file: core/risk/rules/options.py
"""Rules on option structures: a worst loss that is known from the legs, and set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.messages.approval import Refused, SizedIntent
from tradingbot.core.messages.intent import Intent, Leg, SpreadIntent
from tradingbot.core.risk.rounding import rounded_down, rounded_up
from tradingbot.core.risk.view import Contract, RiskView, Terms

_ROUNDING = Decimal("0.000001")


def worst_loss(legs: Sequence[Leg], terms: Mapping[str, Terms]) -> Decimal | str:
    """Return the most one unit of the structure can lose, quote currency per share, or in words why that is not known.
    The profit at expiry is piecewise linear in the underlying's price S, with its corners at the strikes, so its least
    value lies at S = 0, at a strike, or without limit above the highest strike when more calls are sold than bought.
    One unit is one contract a leg, all on one underlying, one expiry and one multiplier."""
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


@dataclass(frozen=True, slots=True)
class DefinedRisk:
    """Refuse an option structure that can lose without limit, more than it says, or more than `max_distance`.

    What 15 % means for options: the structure's worst loss at expiry per share, which no gap can exceed, may be at most
    `max_distance` of the underlying's price. A single option bought alone is a structure of one leg and may lose
    its whole premium; proposed with a stop instead, it is refused, since a premium gaps through stops.
    """

    max_distance: Decimal
    name: str = "defined_risk"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        if isinstance(intent, Intent):
            return self._single(intent, view)
        for leg in intent.legs if view.about is not None else ():
            if leg.instrument in view.legs and view.legs[leg.instrument].asset != view.about:
                sentence = f"the leg {leg.instrument} is not on the underlying of the structure"
                return Refused.of(intent, self.name, leg.instrument, f"options on {view.about}", sentence)
        loss = worst_loss(intent.legs, view.legs)
        if isinstance(loss, str):
            return Refused.of(intent, self.name, "unlimited", "a known worst loss", f"the structure {loss}")
        if intent.max_loss + _ROUNDING < loss:
            sentence = f"the structure was said to lose {intent.max_loss} a share at worst, its legs can lose {loss}"
            return Refused.of(intent, self.name, intent.max_loss, loss, sentence)
        if min(loss, intent.max_loss) <= 0:
            sentence = f"the legs lose {loss} at worst, {intent.max_loss} was said: their prices are wrong"
            return Refused.of(intent, self.name, min(loss, intent.max_loss), "above 0", sentence)
        distance = max(intent.max_loss, loss) / intent.price
        if distance > self.max_distance:
            was = rounded_up(distance, ".2%")
            sentence = f"the worst loss was {was} of {intent.price}, the limit is {self.max_distance:.2%}"
            return Refused.of(intent, self.name, rounded_up(distance, ".4f"), self.max_distance, sentence)
        return None

    def _single(self, intent: Intent, view: RiskView) -> Refused | None:
        if view.terms.contract is None:
            return None
        sentence = "options are proposed as a structure with its worst loss, a stop on a premium can gap"
        return Refused.of(intent, self.name, "a stop", "a structure", sentence)


@dataclass(frozen=True, slots=True)
class OptionReserve:
    """Cap the worst losses of all structures together at `limit` x equity."""

    limit: Decimal
    name: str = "option_reserve"

    def check(self, sized: SizedIntent, view: RiskView) -> Refused | None:
        if sized.signed:
            return None
        would_be, allowed = self._reserved(view) + sized.risk, self.limit * view.equity
        if would_be <= allowed:
            return None
        was, most = rounded_up(would_be), rounded_down(allowed)
        sentence = f"worst losses set aside would be {was}, limit is {most} ({self.limit} times equity)"
        return Refused.of(sized.intent, self.name, was, most, sentence)

    def room(self, _sized: SizedIntent, view: RiskView) -> Decimal:
        return self.limit * view.equity - self._reserved(view)

    def _reserved(self, view: RiskView) -> Decimal:
        return sum((each.reserved for each in view.exposures), Decimal(0))
