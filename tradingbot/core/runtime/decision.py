# file: core/runtime/decision.py
"""One intent from wish to fills: why it was or was not traded, and at what size."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from tradingbot.core.messages.answers import Approved, Refused
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.view import RiskView

__all__ = ["Decision", "Filled"]


@dataclass(frozen=True, slots=True)
class Filled:
    """A fill of one of a decision's orders, entering or leaving; `signed` is negative for a sale."""

    ts: int
    order: str
    instrument: str
    role: str
    signed: Decimal
    price: Decimal


@dataclass(slots=True)
class Decision:
    """What was wanted, known (`view`, None where nothing was looked at) and answered, and what came of it."""

    intent: Intent | SpreadIntent
    view: RiskView | None
    answer: Approved | Refused
    orders: list[str] = field(default_factory=list)
    fills: list[Filled] = field(default_factory=list)
