# file: core/risk/desk.py
"""Risk desk: the one place that approves, cuts or refuses an intent, and the explanation of a position's size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal

from tradingbot.core.config.risk import LaneRisk
from tradingbot.core.messages.approval import Approved, Cut, Refused, SizedIntent
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.rounding import DUST, stepped
from tradingbot.core.risk.rulechain import Cap, RuleChain, SizeRule, build_rule_chain
from tradingbot.core.risk.rules.market import below_minimum
from tradingbot.core.risk.rules.stops import rounded_stop, rounded_target
from tradingbot.core.risk.sizing import PositionSize, size
from tradingbot.core.risk.view import RiskView
from tradingbot.core.stateful import Stateful
from tradingbot.core.time import SECOND


class RiskDesk(Stateful):
    """Judge intents: the rules on the wish, the size, the rules on the size. The first refusal wins.

    A size above a cap is cut to the tightest of the caps it breaks, unless the policy's `over_cap` refuses it. An
    intent is judged at the price it names and, where the market's last price is another, at that too; it is sized by
    the worse of them. Pure but for the running number of its approvals: the same intents in the same order get the same
    answers, and a refused intent leaves no trace in it. What a rule raises goes to the caller, and nothing is approved.
    """

    state_names = ("_issued",)

    def __init__(self, policy: LaneRisk, gate: RuleChain | None = None) -> None:
        self.policy = policy
        self._gate = gate or build_rule_chain(policy)
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
        """Return the intent with the quantity the policy allows; the rules on the wish must have passed it. Raises
        ValueError for an intent without a stop, which they refuse."""
        prices = view.prices(intent.price)
        if isinstance(intent, SpreadIntent):
            sizing = size(self.policy, view, max(prices), intent.max_loss, intent.strength)
            return SizedIntent(intent, sizing.quantity, None, Decimal(0), sizing.risk)
        stop = rounded_stop(intent, view.terms.tick)
        if stop is None:
            raise ValueError(f"{intent.instrument}: an entry without a stop cannot be sized")
        sizing = size(self.policy, view, max(prices), max(abs(price - stop) for price in prices), intent.strength)
        return SizedIntent(intent, sizing.quantity, stop, intent.side.sign * sizing.notional, sizing.risk)

    def _fitting(self, sized: SizedIntent, view: RiskView) -> SizedIntent | Refused:
        refused = self._gate.accepts(sized, view)
        if refused is None:
            return sized
        return refused if self.policy.over_cap == "refuse" else cut_to_caps(sized, view, self._gate.after)

    def _approve(self, sized: SizedIntent, view: RiskView) -> Approved:
        self._issued += 1
        intent = sized.intent
        expires = min(intent.ts, view.ts) + self.policy.entry_deadline_s * SECOND
        number = f"A{self._issued}"
        if isinstance(intent, SpreadIntent):
            legs = tuple((leg.instrument, leg.side) for leg in intent.legs)
            reserved = sized.risk / sized.quantity
            return Approved(number, intent.strategy, legs, sized.quantity, None, None, expires, reserved, sized.cut)
        target = rounded_target(intent, view.terms.tick)
        legs = ((intent.instrument, intent.side),)
        return Approved(number, intent.strategy, legs, sized.quantity, sized.stop, target, expires, cut=sized.cut)


def cut_to_caps(sized: SizedIntent, view: RiskView, rules: Sequence[SizeRule]) -> SizedIntent | Refused:
    """Return `sized` cut to the tightest of the caps it breaks, the first of several alike, or why it cannot be. It
    cannot where a rule that is no cap refuses, or where the cap leaves less than the venue's minimum."""
    broken: list[tuple[Decimal, Refused]] = []
    for rule in rules:
        if (refused := rule.check(sized, view)) is None:
            continue
        if not isinstance(rule, Cap):
            return refused
        broken.append((largest_within_cap(rule, sized, view), refused))
    if not broken:
        return sized
    allowed, refused = min(broken, key=lambda cap: cap[0])
    smaller = sized.smaller(allowed)
    if too_small := below_minimum(smaller, view):
        return replace(refused, sentence=f"{refused.sentence}; that leaves {too_small[2]}")
    return replace(smaller, cut=_cut(refused, sized.quantity, allowed))


def largest_within_cap(cap: Cap, sized: SizedIntent, view: RiskView) -> Decimal:
    """Return the largest quantity that `cap` allows: its room / what one unit puts at stake, down to the step. What a
    unit puts at stake is counted as the size was: at the worse of the prices the intent is judged at."""
    step = view.terms.step
    most = max(cap.room(sized, view), Decimal(0)) * sized.quantity / sized.at_stake
    quantity = min(stepped(most * DUST, step, ROUND_FLOOR), sized.quantity)
    fits = cap.check(sized.smaller(quantity), view) is None
    return quantity if fits else max(quantity - step, 0 * step)


def _cut(refused: Refused, wanted: Decimal, allowed: Decimal) -> Cut:
    sentence = f"{refused.sentence}; cut from {wanted.normalize():f} to {allowed.normalize():f}"
    return Cut(
        refused.strategy, refused.instrument, refused.ts, refused.rule, refused.was, refused.limit, wanted, allowed,
        sentence,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Explanation:
    """The sizing of one entry and what the desk would answer: it approves as much as `size` says, cuts or refuses it.
    `size` is what the policy wants, None where no size can be counted."""

    intent: Intent
    equity: Decimal
    size: PositionSize | None
    answer: Approved | Refused

    @property
    def refused(self) -> Refused | None:
        return self.answer if isinstance(self.answer, Refused) else None

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON holds it: numbers as the nearest floats, None where a number does not apply."""

        def number(name: str) -> float | None:
            value = getattr(self.size, name, None)
            return None if value is None else float(value)

        fractions = ("tier_fraction", "drawdown_penalty", "risk_fraction", "signal_weight", "sl_distance")
        approved = self.answer if isinstance(self.answer, Approved) else None
        refused, cut = self.refused, None if approved is None else approved.cut
        return {
            "equity": float(self.equity),
            "policy": None if self.size is None else self.size.policy,
            **{name: number(name) for name in fractions},
            "price": float(self.intent.price),
            "size": number("quantity"),
            "notional": number("notional"),
            "risk": number("risk"),
            "cut": None if cut is None else cut.sentence,
            "approved": None if approved is None else float(approved.quantity),
            "refused": None if refused is None else refused.sentence,
            "rule": next((answer.rule for answer in (refused, cut) if answer is not None), None),
        }


def explain(policy: LaneRisk, intent: Intent, view: RiskView) -> Explanation:
    """Return what the lane's desk makes of `intent`, with the numbers on the way. Pure, like the desk."""
    answer = RiskDesk(policy).ask(intent, view)
    stop = rounded_stop(intent, view.terms.tick)
    if stop is None or stop == intent.price or intent.price <= 0 or view.equity <= 0:
        return Explanation(intent, view.equity, None, answer)
    sizing = size(policy, view, intent.price, abs(intent.price - stop), intent.strength)
    return Explanation(intent, view.equity, sizing, answer)
