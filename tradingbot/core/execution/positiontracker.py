# file: core/execution/positiontracker.py
"""Position tracker of one strategy: quantities held, pending entries and exits, and the stops that protect them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tradingbot.core.messages.approval import Approved
from tradingbot.core.messages.intent import Side
from tradingbot.core.stateful import Stateful

_ZERO = Decimal(0)


@dataclass(slots=True)
class PendingEntry:
    """An approved entry, until all of it is filled or given up. `order` is the client order id now working. `unwanted`
    says why what was filled must be left at once: it came after its deadline, or after a kill."""

    approved: Approved
    side: Side
    wanted: Decimal
    order: str
    attempts: int
    working: bool = True
    filled: Decimal = _ZERO
    unwanted: str = ""


@dataclass(slots=True)
class PendingExit:
    """A position on its way out, by an order of `quantity`; `working` is false between a thin fill and the next try."""

    order: str
    reason: str
    quantity: Decimal
    working: bool = True


@dataclass(slots=True)
class RestingStop:
    """The stop at the venue: its client order id, the trigger asked for, the one the venue holds, the target's id."""

    id: Any
    trigger: Decimal
    held: Decimal
    target: Any | None = None


@dataclass(slots=True)
class PositionTracker(Stateful):
    """Follow orders by id and positions by instrument id; `waiting` names instruments with something to send again,
    `asked` the size that a guard was asked to have and has not told of yet."""

    state_names = ("roles", "entries", "exits", "stops", "legs", "waiting", "asked", "_nets", "_taken")

    roles: dict[str, str] = field(default_factory=dict)
    entries: dict[str, PendingEntry] = field(default_factory=dict)
    exits: dict[str, PendingExit] = field(default_factory=dict)
    stops: dict[str, RestingStop] = field(default_factory=dict)
    legs: dict[str, list[tuple[str, Side]]] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    asked: dict[str, Decimal] = field(default_factory=dict)
    _nets: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    _taken: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    @property
    def in_motion(self) -> bool:
        """Whether an entry or exit is under way."""
        return bool(self.entries or self.exits or self.waiting or self.legs)

    def forget_ended(self, live: Container[str]) -> None:
        """Let go of what is known of orders that are not `live`."""
        for known in (self.roles, self.asked, self._taken):
            for order in [order for order in known if order not in live]:
                del known[order]

    def net(self, name: str) -> Decimal:
        return self._nets.get(name, _ZERO)

    def busy(self, name: str) -> bool:
        return bool(self.net(name)) or name in self.entries or name in self.exits

    def held(self) -> dict[str, Decimal]:
        return {name: net for name, net in self._nets.items() if net}

    def leaving(self, name: str) -> bool:
        return name in self.exits

    def entering(self, name: str, approved: Approved, orders: list[Any], attempts: int) -> None:
        """Note an entry with its protection, sent as `orders`: entry, stop and perhaps target."""
        entry, stop = orders[0], orders[1]
        for order, role in zip(orders, ("entry", "stop", "target"), strict=False):
            self.roles[str(order.client_order_id)] = role
        side = approved.instruments[0][1]
        self.entries[name] = PendingEntry(approved, side, approved.quantity, str(entry.client_order_id), attempts)
        trigger = stop.trigger_price.as_decimal()
        target = orders[2].client_order_id if orders[2:] else None
        self.stops[name] = RestingStop(stop.client_order_id, trigger, trigger, target)

    def sending(self, name: str, approved: Approved, side: Side, order: Any, quantity: Decimal, attempts: int) -> None:
        """Note a single entering order: a leg, or the rest of an entry that was filled in part."""
        self.roles[str(order.client_order_id)] = "entry"
        known = self.entries.get(name)
        if known is None:
            self.entries[name] = PendingEntry(approved, side, quantity, str(order.client_order_id), attempts)
        else:
            known.order, known.attempts, known.working = str(order.client_order_id), attempts, True

    def exiting(self, name: str, order: Any, reason: str) -> None:
        self.roles[str(order.client_order_id)] = reason
        self.exits[name] = PendingExit(str(order.client_order_id), reason, order.quantity.as_decimal())

    def leave_later(self, name: str, reason: str) -> None:
        """Note a position to be closed at the next bar."""
        self.exits[name] = PendingExit("", reason, _ZERO, working=False)
        self.waiting.add(name)

    def role(self, order: str) -> str | None:
        """Return what an order is for: entry, stop, target, or the reason of an exit; nothing for an unknown order."""
        return self.roles.get(order)

    def fill(self, name: str, order: str, signed: Decimal) -> Decimal:
        """Book a fill and return the new signed quantity."""
        self._nets[name] += signed
        self._taken[order] += abs(signed)
        entry = self.entries.get(name)
        if entry is not None and entry.order == order:
            entry.filled += abs(signed)
        return self._nets[name]

    def taken(self, order: str) -> Decimal:
        return self._taken.get(order, _ZERO)

    def flat(self, name: str) -> None:
        """Forget what protected a position that was closed."""
        self.waiting.discard(name)
        self.exits.pop(name, None)
        self.stops.pop(name, None)
        self._nets.pop(name, None)

    def guards(self, name: str) -> list[Any]:
        """Return the client order ids of the stop and target of an instrument."""
        resting = self.stops.get(name)
        return [] if resting is None else [guard for guard in (resting.id, resting.target) if guard is not None]

    def tightened(self, name: str, trigger: Decimal) -> None:
        self.stops[name].trigger = trigger

    def stop_moved(self, name: str, trigger: Decimal) -> None:
        """Note where the venue holds the stop; nothing looser is known of it from then on."""
        if resting := self.stops.get(name):
            resting.held = trigger
            if (trigger - resting.trigger) * self.net(name) > 0:
                resting.trigger = trigger

    def stop_kept(self, name: str) -> None:
        """Note that the venue refused to move the stop."""
        if resting := self.stops.get(name):
            resting.trigger = resting.held
