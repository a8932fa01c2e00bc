# file: core/runtime/paritydid.py
"""What a run did, in the words two runs are compared in."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest

from tradingbot.core.portfolio.isotime import to_iso

__all__ = ["Did", "Turn", "parting", "told"]


@dataclass(frozen=True, slots=True)
class Turn:
    """What happened to an order, when (UTC ns): an event's name, what it set quantity and trigger to, its reason."""

    event: str
    ts: int
    quantity: Decimal | None = None
    price: Decimal | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Did:
    """An intent, an order or a fill: what, when (UTC ns), by whom, in what.

    `verdict` is the answer to an intent, with a rule's name where it was refused or cut; prices are those asked for, or
    that of the fill. An order's `turns` are what happened to it besides its fills; its side is `entry` where it is the
    first of an intent, else empty, and its quantity 0.
    """

    kind: str
    ts: int
    strategy: str
    instrument: str
    side: str
    quantity: Decimal
    prices: tuple[Decimal | None, ...] = ()
    verdict: str = ""
    turns: tuple[Turn, ...] = ()

    @property
    def track(self) -> tuple[str, str, str]:
        """What this is compared within."""
        return self.kind, self.strategy, self.instrument


def parting(one: Did, other: Did) -> int:
    """Return the first turn in which two orders differ, counted from 0; 0 where they do not."""
    pairs = enumerate(zip_longest(one.turns, other.turns))
    return next((at for at, (mine, theirs) in pairs if mine != theirs), 0)


def told(did: Did | None, at: int = 0) -> str:
    """Say what was done, of an order its turn number `at`."""
    if did is None:
        return "did nothing"
    if did.kind == "order":
        return _turned(did, at)
    prices = " ".join("-" if price is None else str(price) for price in did.prices)
    verdict = f", {did.verdict}" if did.verdict else ""
    return f"{_at(did.ts, did)}{did.quantity} at {prices}{verdict}"


def _turned(did: Did, at: int) -> str:
    if at >= len(did.turns):
        return f"{_at(did.turns[-1].ts, did)}nothing after {_named(did.turns[-1])}"
    turn = did.turns[at]
    size = "" if turn.quantity is None else f" {turn.quantity}"
    price = "" if turn.price is None else f" at {turn.price}"
    reason = f" ({turn.reason})" if turn.reason else ""
    return f"{_at(turn.ts, did)}{_named(turn)}{size}{price}{reason}"


def _at(ts: int, did: Did) -> str:
    return f"at {to_iso(ts)}: {did.side} " if did.side else f"at {to_iso(ts)}: "


def _named(turn: Turn) -> str:
    return turn.event.removeprefix("Order").lower()
