# file: core/messages/answers.py
"""The risk desk's answers. What passed has its own type: only `Approved` reaches an order."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.messages.intent import Intent, Side, SpreadIntent

__all__ = ["Approved", "Refused", "SizedIntent"]


@dataclass(frozen=True, slots=True)
class SizedIntent:
    """An intent with the quantity the sizing policy allows, in the instrument's units (contracts for options)."""

    intent: Intent | SpreadIntent
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Approved:
    """The desk's yes: what may be sent, once, and what it must be protected with."""

    id: str
    strategy: str
    instruments: tuple[tuple[str, Side], ...]
    quantity: Decimal
    stop: Decimal | None
    target: Decimal | None


@dataclass(frozen=True, slots=True)
class Refused:
    """The desk's no: the rule, what was, what the limit is, and the sentence a person reads."""

    strategy: str
    instrument: str
    ts: int
    rule: str
    was: str
    limit: str
    sentence: str
