# file: core/messages/intent.py
"""What a strategy wants: it has no size and is not an order."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

__all__ = ["Intent", "Leg", "Side", "SpreadIntent", "Strength"]


class Side(StrEnum):
    """The direction of a position."""

    LONG = "LONG"
    SHORT = "SHORT"

    @property
    def sign(self) -> int:
        """1 for LONG, -1 for SHORT."""
        return 1 if self is Side.LONG else -1


class Strength(StrEnum):
    """How sure the opinion behind an intent is."""

    WEAK = "weak"
    NORMAL = "normal"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class Intent:
    """The wish to enter one instrument at the market, protected by a stop.

    Prices are in the instrument's quote currency: `price` is the last one seen when the intent was made, `stop` and
    `target` are where the position shall end. `ts` is UTC nanoseconds.
    """

    strategy: str
    instrument: str
    side: Side
    price: Decimal
    stop: Decimal | None
    target: Decimal | None
    strength: Strength
    ts: int


@dataclass(frozen=True, slots=True)
class Leg:
    """One option of a structure: LONG legs are bought, SHORT legs are sold."""

    instrument: str
    side: Side
    price: Decimal


@dataclass(frozen=True, slots=True)
class SpreadIntent:
    """The wish to open a structure of options whose worst loss is known before it is opened.

    `max_loss` is the most one unit of the structure can lose at expiry, in quote currency per share (strike width
    minus credit for a short vertical); `price` is the underlying's; protective (LONG) legs are opened first.
    """

    strategy: str
    instrument: str
    legs: tuple[Leg, ...]
    price: Decimal
    max_loss: Decimal
    strength: Strength
    ts: int
