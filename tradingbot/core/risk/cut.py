# file: core/risk/cut.py
"""Cut a size that is above a cap to what the cap allows, never below what the venue takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal

from tradingbot.core.messages.answers import Cut, Refused, SizedIntent
from tradingbot.core.risk.rule import Cap, SizeRule
from tradingbot.core.risk.rules.venueminimum import below_minimum
from tradingbot.core.risk.steps import DUST, stepped
from tradingbot.core.risk.view import RiskView

__all__ = ["fitted", "largest"]


def fitted(sized: SizedIntent, view: RiskView, rules: Sequence[SizeRule]) -> SizedIntent | Refused:
    """Return `sized` cut to the tightest of the caps it breaks, the first of several alike, or why it cannot be.

    It cannot where a rule that is no cap refuses, or where the cap leaves less than the venue's minimum.
    """
    broken: list[tuple[Decimal, Refused]] = []
    for rule in rules:
        if (refused := rule.check(sized, view)) is None:
            continue
        if not isinstance(rule, Cap):
            return refused
        broken.append((largest(rule, sized, view), refused))
    if not broken:
        return sized
    allowed, refused = min(broken, key=lambda found: found[0])
    smaller = sized.smaller(allowed)
    if too_small := below_minimum(smaller, view):
        return replace(refused, sentence=f"{refused.sentence}; that leaves {too_small[2]}")
    return replace(smaller, cut=_cut(refused, sized.quantity, allowed))


def largest(cap: Cap, sized: SizedIntent, view: RiskView) -> Decimal:
    """Return the largest quantity that `cap` allows: its room / what one unit puts at stake, down to the step.

    What a unit puts at stake is counted as the size was: at the worse of the prices the intent is judged at.
    """
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
