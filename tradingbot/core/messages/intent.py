# file: core/messages/intent.py
"""Intent: what a strategy wants. It has no size and is not an order."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from numbers import Integral
from typing import Any


class Side(StrEnum):
    """The direction of a position."""

    LONG = "LONG"
    SHORT = "SHORT"

    @property
    def sign(self) -> int:
        """1 for LONG, -1 for SHORT."""
        return 1 if self is Side.LONG else -1


class Strength(StrEnum):
    """How sure the signal behind an intent is."""

    WEAK = "weak"
    NORMAL = "normal"
    STRONG = "strong"


def _checked(message: Any, **kinds: type) -> None:
    """Raise unless the fields of `message` are of these kinds, and its numbers finite."""
    for name, kind in kinds.items():
        value, where = getattr(message, name), f"{type(message).__name__}.{name}"
        if isinstance(value, bool) or not isinstance(value, kind):
            raise TypeError(f"{where} was {value!r}, allowed is {_ALLOWED[kind]}")
        if isinstance(value, Decimal) and not value.is_finite():
            raise ValueError(f"{where} was {value}, allowed is a finite number")


_ALLOWED: dict[type, str] = {
    str: "a text",
    Side: "Side.LONG or Side.SHORT",
    Strength: "Strength.WEAK, Strength.NORMAL or Strength.STRONG",
    Decimal: "a Decimal",
    Integral: "a whole number of nanoseconds",
}


@dataclass(frozen=True, slots=True)
class Intent:
    """The wish to enter one instrument at the market, protected by a stop.

    Prices are in the instrument's quote currency: `price` is the last one seen when the intent was made, `stop` and
    `target` are where the position shall end. `ts` is UTC nanoseconds.

    Raises TypeError when a field is of another type, such as the text "LONG" for a side; ValueError when a price is not
    finite.
    """

    strategy: str
    instrument: str
    side: Side
    price: Decimal
    stop: Decimal | None
    target: Decimal | None
    strength: Strength
    ts: int

    def __post_init__(self) -> None:
        given = {name: Decimal for name in ("stop", "target") if getattr(self, name) is not None}
        _checked(self, strategy=str, instrument=str, side=Side, price=Decimal, **given, strength=Strength, ts=Integral)


@dataclass(frozen=True, slots=True)
class Leg:
    """One option of a structure: LONG legs are bought, SHORT legs are sold. Fields are checked as an `Intent`'s."""

    instrument: str
    side: Side
    price: Decimal

    def __post_init__(self) -> None:
        _checked(self, instrument=str, side=Side, price=Decimal)


@dataclass(frozen=True, slots=True)
class SpreadIntent:
    """The wish to open a structure of options whose worst loss is known before it is opened.

    `max_loss` is the most one unit of the structure can lose at expiry, in quote currency per share (strike width
    minus credit for a short vertical); `price` is the underlying's; protective (LONG) legs are opened first.
    Fields are checked as an `Intent`'s.
    """

    strategy: str
    instrument: str
    legs: tuple[Leg, ...]
    price: Decimal
    max_loss: Decimal
    strength: Strength
    ts: int

    def __post_init__(self) -> None:
        _checked(self, strategy=str, instrument=str, price=Decimal, max_loss=Decimal, strength=Strength, ts=Integral)
        legs: Any = self.legs
        if not isinstance(legs, tuple) or not all(isinstance(leg, Leg) for leg in legs):
            raise TypeError(f"SpreadIntent.legs was {legs!r}, allowed is a tuple of Leg")
