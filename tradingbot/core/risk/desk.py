# file: core/risk/desk.py
"""The one place that says yes or no to an intent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tradingbot.core.config.risk import LaneRisk
from tradingbot.core.messages.answers import Approved, Refused, SizedIntent
from tradingbot.core.messages.intent import Intent, Side, SpreadIntent, Strength
from tradingbot.core.risk.rules.definedrisk import DefinedRisk
from tradingbot.core.risk.rules.stoprequired import StopRequired, rounded_stop
from tradingbot.core.risk.rules.targetahead import TargetAhead, rounded_target
from tradingbot.core.risk.sizing.riskfraction import RiskFraction
from tradingbot.core.risk.view import RiskView

__all__ = ["Desk"]


class Desk:
    """Judge intents in a fixed order: stop, target, size, the venue's minimum. The first refusal wins.

    An intent is judged at the price it names and, where that is another, at the last one known; it is sized by the
    worse of them. Pure but for the running number of its approvals: the same intents in the same order get the same
    answers.
    """

    def __init__(self, policy: LaneRisk) -> None:
        self._stop = StopRequired(policy.max_stop_distance)
        self._target = TargetAhead()
        self._defined = DefinedRisk()
        self._sizing = RiskFraction(policy.risk_fraction)
        self._issued = 0

    def ask(self, intent: Intent, view: RiskView) -> Approved | Refused:
        """Return the answer to a single-instrument entry."""
        prices = _prices(intent, view)
        for price in prices:
            asked = replace(intent, price=price)
            if refused := self._stop.check(asked, view.tick) or self._target.check(asked, view.tick):
                return refused
        stop = rounded_stop(intent, view.tick)
        if stop is None:
            raise AssertionError("the stop rule let an entry without a stop through")
        loss = max(abs(price - stop) for price in prices)
        size = SizedIntent(intent, self._sizing.quantity(view, max(prices), loss))
        if refused := _below_minimum(size, view):
            return refused
        target = rounded_target(intent, view.tick)
        return self._approve(intent, ((intent.instrument, intent.side),), size.quantity, stop, target)

    def ask_spread(self, intent: SpreadIntent, view: RiskView) -> Approved | Refused:
        """Return the answer to an option structure; its stop is its worst loss, as a share of the underlying's price.

        The worst loss must be positive, cover what the legs can lose, and obey the same limit as a stop.
        """
        prices = _prices(intent, view)
        for price in prices:
            if refused := self._stop.check(_as_entry(intent, price), view.tick):
                return replace(refused, rule="defined_risk")
        if refused := self._defined.check(intent, view.legs):
            return refused
        size = SizedIntent(intent, self._sizing.quantity(view, max(prices), intent.max_loss))
        if refused := _below_minimum(size, view):
            return refused
        legs = tuple((leg.instrument, leg.side) for leg in intent.legs)
        return self._approve(intent, legs, size.quantity, None, None)

    def _approve(
        self,
        intent: Intent | SpreadIntent,
        legs: tuple[tuple[str, Side], ...],
        quantity: Decimal,
        stop: Decimal | None,
        target: Decimal | None,
    ) -> Approved:
        self._issued += 1
        return Approved(f"A{self._issued}", intent.strategy, legs, quantity, stop, target)


def _prices(intent: Intent | SpreadIntent, view: RiskView) -> list[Decimal]:
    """Return the price an intent names, and the last one known if that is another."""
    if view.mark is None or abs(view.mark - intent.price) <= view.tick:
        return [intent.price]
    return [intent.price, view.mark]


def _as_entry(intent: SpreadIntent, price: Decimal) -> Intent:
    stop = price - intent.max_loss
    return Intent(intent.strategy, intent.instrument, Side.LONG, price, stop, None, Strength.NORMAL, intent.ts)


def _below_minimum(size: SizedIntent, view: RiskView) -> Refused | None:
    intent, quantity = size.intent, size.quantity
    least = max(view.minimum, view.step)
    if quantity < least:
        return Refused(
            intent.strategy,
            intent.instrument,
            intent.ts,
            "minimum_quantity",
            str(quantity),
            str(least),
            f"{intent.instrument}: the policy allows a quantity of {quantity}, the venue's minimum is {least}",
        )
    notional = quantity * intent.price * view.multiplier
    if isinstance(intent, Intent) and notional < view.minimum_notional:
        return Refused(
            intent.strategy,
            intent.instrument,
            intent.ts,
            "minimum_notional",
            f"{notional:.2f}",
            str(view.minimum_notional),
            f"{intent.instrument}: the policy allows {notional:.2f}, the venue's minimum is {view.minimum_notional}",
        )
    return None
