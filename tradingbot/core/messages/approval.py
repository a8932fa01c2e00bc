# file: core/messages/approval.py
"""Approved or Refused: the risk desk's answer. Only `Approved` reaches an order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from tradingbot.core.messages.intent import Intent, Side, SpreadIntent


@dataclass(frozen=True, slots=True)
class Cut:
    """A size that was cut to a cap: by which rule, from `wanted` to `allowed` (instrument units), and why.

    `was` is what the wanted size would have come to and `limit` the cap, as a refusal by the same rule has them.
    """

    strategy: str
    instrument: str
    ts: int
    rule: str
    was: str
    limit: str
    wanted: Decimal
    allowed: Decimal
    sentence: str


@dataclass(frozen=True, slots=True)
class SizedIntent:
    """An intent with the quantity the sizing policy allows, in the instrument's units (contracts for options).

    `stop` lies on the instrument's tick, None for an option structure. `signed` is the notional, negative for short and
    0 for options, `risk` what is lost at the stop or at worst; both in account currency. `cut` tells of a smaller size
    than the policy's.
    """

    intent: Intent | SpreadIntent
    quantity: Decimal
    stop: Decimal | None
    signed: Decimal
    risk: Decimal
    cut: Cut | None = None

    @property
    def at_stake(self) -> Decimal:
        """What counts against a cap: the notional, for an option structure its worst loss."""
        return abs(self.signed) or self.risk

    def smaller(self, quantity: Decimal) -> SizedIntent:
        """Return it with a smaller quantity, its notional and risk in proportion."""
        signed, risk = (amount * quantity / self.quantity for amount in (self.signed, self.risk))
        return replace(self, quantity=quantity, signed=signed, risk=risk)


@dataclass(frozen=True, slots=True)
class Approved:
    """The desk's yes: what may be sent, once, until `expires` (UTC ns), and what it must be protected with.

    `reserved` is the worst loss of one unit of an option structure in account currency, 0 for anything else. `cut`
    tells which cap made the quantity smaller than the policy wanted, None where none did.
    """

    id: str
    strategy: str
    instruments: tuple[tuple[str, Side], ...]
    quantity: Decimal
    stop: Decimal | None
    target: Decimal | None
    expires: int
    reserved: Decimal = Decimal(0)
    cut: Cut | None = None


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

    @classmethod
    def of(cls, intent: Intent | SpreadIntent, rule: str, was: object, limit: object, sentence: str) -> Refused:
        """Return the refusal of `intent`; the sentence begins with its instrument."""
        return cls(
            intent.strategy,
            intent.instrument,
            intent.ts,
            rule,
            str(was),
            str(limit),
            f"{intent.instrument}: {sentence}",
        )
