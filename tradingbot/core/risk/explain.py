# file: core/risk/explain.py
"""Sizing explanation: how large a trade would be and why, step by step, without a run."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.config.risk import LaneRisk
from tradingbot.core.messages.approval import Approved, Refused
from tradingbot.core.messages.intent import Intent
from tradingbot.core.risk.desk import RiskDesk
from tradingbot.core.risk.rules.stops import rounded_stop
from tradingbot.core.risk.sizing import PositionSize, size
from tradingbot.core.risk.view import RiskView


@dataclass(frozen=True, slots=True)
class Explanation:
    """The sizing of one entry and what the desk would answer.

    `size` is what the policy wants, None where no size can be counted; the answer approves as much, cuts or refuses it.
    """

    intent: Intent
    equity: Decimal
    size: PositionSize | None
    answer: Approved | Refused

    @property
    def refused(self) -> Refused | None:
        """The refusal, if the answer is one."""
        return self.answer if isinstance(self.answer, Refused) else None

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON holds it: numbers as the nearest floats, None where a number does not apply."""
        found, refused = self.size, self.refused
        approved = None if isinstance(self.answer, Refused) else self.answer
        cut = None if approved is None else approved.cut
        return {
            "equity": float(self.equity),
            "policy": None if found is None else found.policy,
            "tier_fraction": _plain(found, "tier_fraction"),
            "drawdown_penalty": _plain(found, "drawdown_penalty"),
            "risk_fraction": _plain(found, "risk_fraction"),
            "signal_weight": _plain(found, "signal_weight"),
            "sl_distance": _plain(found, "sl_distance"),
            "price": float(self.intent.price),
            "size": _plain(found, "quantity"),
            "notional": _plain(found, "notional"),
            "risk": _plain(found, "risk"),
            "cut": None if cut is None else cut.sentence,
            "approved": None if approved is None else float(approved.quantity),
            "refused": None if refused is None else refused.sentence,
            "rule": next((said.rule for said in (refused, cut) if said is not None), None),
        }


def explain(policy: LaneRisk, intent: Intent, view: RiskView) -> Explanation:
    """Return what the lane's desk makes of `intent`, with the numbers on the way. Pure, like the desk."""
    answer = RiskDesk(policy).ask(intent, view)
    stop = rounded_stop(intent, view.terms.tick)
    if stop is None or stop == intent.price or intent.price <= 0 or view.equity <= 0:
        return Explanation(intent, view.equity, None, answer)
    found = size(policy, view, intent.price, abs(intent.price - stop), intent.strength)
    return Explanation(intent, view.equity, found, answer)


def _plain(found: PositionSize | None, name: str) -> float | None:
    value = None if found is None else getattr(found, name)
    return None if value is None else float(value)
