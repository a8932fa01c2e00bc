# file: core/risk/rules/stops.py
"""Rules on stop and target: required, on the right side, within the maximum distance."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from tradingbot.core.messages.approval import Refused
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.rounding import rounded_up, stepped
from tradingbot.core.risk.view import RiskView


def rounded_stop(intent: Intent, tick: Decimal) -> Decimal | None:
    """Return the stop on the instrument's tick, rounded towards the entry so that it never lies farther away."""
    if intent.stop is None:
        return None
    return stepped(intent.stop, tick, ROUND_CEILING if intent.side.sign > 0 else ROUND_FLOOR)


@dataclass(frozen=True, slots=True)
class StopRequired:
    """Refuse a single entry without a stop. Option structures have none but a worst loss: see `DefinedRisk`."""

    name: str = "stop_required"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        if isinstance(intent, SpreadIntent) or intent.stop is not None:
            return None
        return Refused.of(intent, self.name, "none", "a stop", "an entry needs a stop, none was given")


@dataclass(frozen=True, slots=True)
class StopSide:
    """Refuse a single entry whose stop, on its tick, does not lie on the losing side of the price."""

    name: str = "stop_side"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        stop = rounded_stop(intent, view.terms.tick) if isinstance(intent, Intent) else None
        if isinstance(intent, SpreadIntent) or stop is None or (intent.price - stop) * intent.side.sign > 0:
            return None
        place = f"{'below' if intent.side.sign > 0 else 'above'} {intent.price}"
        given = f"{stop}" if stop == intent.stop else f"{intent.stop}, on its price step {stop}"
        sentence = f"the stop of a {intent.side} entry was {given}, it must lie {place}"
        return Refused.of(intent, self.name, stop, place, sentence)


@dataclass(frozen=True, slots=True)
class StopDistance:
    """Refuse a single entry whose stop, on its tick, lies farther than `max_distance` of the price from it."""

    max_distance: Decimal
    name: str = "stop_distance"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        stop = rounded_stop(intent, view.terms.tick) if isinstance(intent, Intent) else None
        if stop is None:
            return None
        distance = abs(intent.price - stop) / intent.price
        if distance <= self.max_distance:
            return None
        sentence = f"the stop was {rounded_up(distance, '.2%')} away, the limit is {self.max_distance:.2%}"
        return Refused.of(intent, self.name, rounded_up(distance, ".4f"), self.max_distance, sentence)


def rounded_target(intent: Intent, tick: Decimal) -> Decimal | None:
    """Return the target on the instrument's nearest tick, None where there is none."""
    return None if intent.target is None else stepped(intent.target, tick, ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class TargetSide:
    """Refuse a single entry whose target, on its tick, is not a price on the winning side. None is needed."""

    name: str = "target_side"

    def check(self, intent: Intent | SpreadIntent, view: RiskView) -> Refused | None:
        if isinstance(intent, SpreadIntent) or intent.target is None:
            return None
        target = stepped(intent.target, view.terms.tick, ROUND_HALF_EVEN)
        if target > 0 and (target - intent.price) * intent.side.sign > 0:
            return None
        place = f"{'above' if intent.side.sign > 0 else 'below'} {intent.price}"
        sentence = f"the target of a {intent.side} entry was {target}, it must lie {place}"
        return Refused.of(intent, self.name, target, place, sentence)
