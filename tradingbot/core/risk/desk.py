# file: core/risk/desk.py
"""The one place that says yes or no to an intent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tradingbot.core.config.risk import LaneRisk
from tradingbot.core.messages.answers import Approved, Refused, SizedIntent
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.cut import fitted
from tradingbot.core.risk.gate import Gate, rules_of
from tradingbot.core.risk.rules.stoprequired import rounded_stop
from tradingbot.core.risk.rules.targetside import rounded_target
from tradingbot.core.risk.sizing.policy import size
from tradingbot.core.risk.view import RiskView

__all__ = ["Desk"]

_SECOND = 1_000_000_000


class Desk:
    """Judge intents: the rules on the wish, the size, the rules on the size. The first refusal wins.

    A size above a cap is cut to the tightest of the caps it breaks, unless the policy's `over_cap` refuses it. An
    intent is judged at the price it names and, where the market's last price is another, at that too; it is sized by
    the worse of them. Pure but for the running number of its approvals: the same intents in the same order get the same
    answers, and a refused intent leaves no trace in it. What a rule raises goes to the caller, and nothing is approved.
    """

    def __init__(self, policy: LaneRisk, gate: Gate | None = None) -> None:
        self.policy = policy
        self._gate = gate or rules_of(policy)
        self._issued = 0

    def ask(self, intent: Intent | SpreadIntent, view: RiskView) -> Approved | Refused:
        """Return the answer to an entry; a yes lives for the lane's deadline, from the intent or, if earlier, now."""
        if refused := self._gate.admits(intent, view):
            return refused
        for price in view.prices(intent.price)[1:]:
            if refused := self._gate.admits(replace(intent, price=price), view):
                return refused
        fitting = self._fitting(self.sized(intent, view), view)
        return fitting if isinstance(fitting, Refused) else self._approve(fitting, view)

    def sized(self, intent: Intent | SpreadIntent, view: RiskView) -> SizedIntent:
        """Return the intent with the quantity the policy allows; the rules on the wish must have passed it.

        Raises
        ------
        ValueError
            For an intent without a stop, which they refuse.
        """
        prices = view.prices(intent.price)
        if isinstance(intent, SpreadIntent):
            found = size(self.policy, view, max(prices), intent.max_loss, intent.strength)
            return SizedIntent(intent, found.quantity, None, Decimal(0), found.risk)
        stop = rounded_stop(intent, view.terms.tick)
        if stop is None:
            raise ValueError(f"{intent.instrument}: an entry without a stop cannot be sized")
        found = size(self.policy, view, max(prices), max(abs(price - stop) for price in prices), intent.strength)
        return SizedIntent(intent, found.quantity, stop, intent.side.sign * found.notional, found.risk)

    def _fitting(self, sized: SizedIntent, view: RiskView) -> SizedIntent | Refused:
        refused = self._gate.accepts(sized, view)
        if refused is None:
            return sized
        return refused if self.policy.over_cap == "refuse" else fitted(sized, view, self._gate.after)

    def _approve(self, sized: SizedIntent, view: RiskView) -> Approved:
        self._issued += 1
        intent = sized.intent
        expires = min(intent.ts, view.ts) + self.policy.entry_deadline_s * _SECOND
        number = f"A{self._issued}"
        if isinstance(intent, SpreadIntent):
            legs = tuple((leg.instrument, leg.side) for leg in intent.legs)
            reserved = sized.risk / sized.quantity
            return Approved(number, intent.strategy, legs, sized.quantity, None, None, expires, reserved, sized.cut)
        target = rounded_target(intent, view.terms.tick)
        legs = ((intent.instrument, intent.side),)
        return Approved(
            number, intent.strategy, legs, sized.quantity, sized.stop, target, expires, cut=sized.cut
        )  # fmt: skip
