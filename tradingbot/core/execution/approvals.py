# file: core/execution/approvals.py
"""Approvals on record: each is good for its own quantity once, until its deadline."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from tradingbot.core.messages.approval import Approved
from tradingbot.core.messages.intent import Side
from tradingbot.core.stateful import Stateful

_TAG = "APPROVAL:"


@dataclass(frozen=True, slots=True)
class EntryOrder:
    """What an order that opens a position asks for at `ts`; `stop` is the trigger of the stop sent with it."""

    tags: tuple[str, ...]
    strategy: str
    instrument: str
    side: Side
    quantity: Decimal
    stop: Decimal | None
    ts: int


class Approvals(Stateful):
    """Remember what was approved, how much of it may still be sent, and how much is not filled yet, per leg. What is
    spent must come with the approved stop; only what was given back, the rest of an entry whose stop is at the venue
    already, may be sent without."""

    state_names = ("_known", "_left", "_unfilled", "_structures", "_rests")

    def __init__(self) -> None:
        self._known: dict[str, Approved] = {}
        self._left: dict[tuple[str, str], Decimal] = {}
        self._unfilled: dict[tuple[str, str], Decimal] = {}
        self._structures: dict[str, Approved] = {}
        self._rests: dict[tuple[str, str], Decimal] = {}

    @staticmethod
    def tag(approved: Approved) -> str:
        return f"{_TAG}{approved.id}"

    def grant(self, approved: Approved) -> None:
        self._known[approved.id] = approved
        for instrument, _side in approved.instruments:
            self._left[approved.id, instrument] = approved.quantity
            self._unfilled[approved.id, instrument] = approved.quantity
        if approved.reserved:
            self._structures[approved.id] = approved

    def spend(self, entry: EntryOrder) -> str | None:
        """Use up what `entry` asks for; return why not when it may not be sent."""
        named = [tag.removeprefix(_TAG) for tag in entry.tags if tag.startswith(_TAG)]
        approved = self._known.get(named[0]) if len(named) == 1 else None
        if approved is None:
            return "no approval is on record for this order"
        if approved.strategy != entry.strategy:
            return f"approval {approved.id} was given to {approved.strategy}, not to {entry.strategy}"
        if (entry.instrument, entry.side) not in approved.instruments:
            return f"approval {approved.id} does not cover {entry.side} {entry.instrument}"
        if entry.ts > approved.expires:
            late = (entry.ts - approved.expires) / 1e9
            return f"approval {approved.id} expired {late:.3f} s before the order"
        key = approved.id, entry.instrument
        unspent = self._left if entry.stop == approved.stop else self._rests if entry.stop is None else {}
        if key not in unspent:
            return f"approval {approved.id} demands the stop {approved.stop}, the order had {entry.stop}"
        left = unspent[key]
        if entry.quantity > left:
            return f"approval {approved.id} has {left} of {entry.instrument} unspent, the order was {entry.quantity}"
        unspent[key] = left - entry.quantity
        return None

    def filled(self, approved: Approved, instrument: str, quantity: Decimal) -> None:
        """Note a fill: what was filled is a position now and no longer on its way."""
        key = (approved.id, instrument)
        if key in self._unfilled:
            self._unfilled[key] = max(self._unfilled[key] - quantity, Decimal(0))

    def restore(self, approved: Approved, instrument: str, quantity: Decimal) -> None:
        """Give back what a venue did not fill, so that it may be sent again."""
        pool = self._left if approved.stop is None else self._rests
        pool[approved.id, instrument] = pool.get((approved.id, instrument), Decimal(0)) + quantity

    def close(self, approved: Approved) -> None:
        """Forget an approval: nothing more may be sent under it."""
        for instrument, _side in approved.instruments:
            self._left.pop((approved.id, instrument), None)
            self._unfilled.pop((approved.id, instrument), None)
            self._rests.pop((approved.id, instrument), None)
        self._known.pop(approved.id, None)

    def on_its_way(self) -> Iterator[tuple[Approved, str, Decimal]]:
        """Yield what is approved and not filled, structures aside: approval, instrument, signed quantity."""
        for approved in self._known.values():
            if approved.reserved:
                continue
            for instrument, side in approved.instruments:
                if quantity := self._unfilled[approved.id, instrument]:
                    yield approved, instrument, side.sign * quantity

    def structures(self, net: Callable[[str, str], Decimal]) -> Iterator[tuple[Approved, Decimal]]:
        """Yield each structure that is on its way or held, with its units; `net` is (strategy, instrument) -> held.
        While its approval is open all of it counts, afterwards as much as its largest leg still holds."""
        for number, approved in list(self._structures.items()):
            if number in self._known:
                yield approved, approved.quantity
                continue
            held = max(abs(net(approved.strategy, leg)) for leg, _side in approved.instruments)
            if held:
                yield approved, min(held, approved.quantity)
            else:
                del self._structures[number]
