# file: core/runtime/checkpoint/holdings.py
"""Holdings of an account: open positions with the fills they came from, and resting orders, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from nautilus_trader.model import OrderSide


@dataclass(frozen=True, slots=True)
class HeldFill:
    """A fill of an open position: when (UTC ns), by which order, of how much at which price, at which commission.

    `asked` is the quantity of its order, None where the engine has forgotten the order.
    """

    ts: int
    order: str
    buying: bool
    quantity: str
    price: str
    commission: str | None
    asked: str | None


@dataclass(frozen=True, slots=True)
class HeldPosition:
    """An open position: whose, in what, its signed quantity, average opening price and fills in their order."""

    strategy: str
    instrument: str
    signed: str
    average: float
    fills: tuple[HeldFill, ...]


@dataclass(frozen=True, slots=True)
class RestingOrder:
    """A stop or a limit order at the venue as it is, and the quantity and trigger it was made with."""

    id: str
    strategy: str
    instrument: str
    buying: bool
    quantity: str
    first_quantity: str
    price: str | None
    trigger: str | None
    first_trigger: str | None
    parent: str | None
    linked: tuple[str, ...]
    listed: str | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holdings:
    """All that an account holds at a moment of rest."""

    positions: tuple[HeldPosition, ...]
    orders: tuple[RestingOrder, ...]

    @property
    def live(self) -> frozenset[str]:
        """The client order ids that matter still."""
        fills = (fill.order for position in self.positions for fill in position.fills)
        return frozenset([*(order.id for order in self.orders), *fills])

    @property
    def facts(self) -> tuple[object, ...]:
        """What must be the same once they are restored."""
        return (
            sorted(
                (each.strategy, each.instrument, Decimal(each.signed), float(f"{each.average:.10g}"))
                for each in self.positions
            ),
            sorted((each.id, Decimal(each.quantity), each.price or "", each.trigger or "") for each in self.orders),
        )


def holdings_of(cache: Any) -> Holdings:
    """Return what the account of an engine's or node's cache holds."""
    positions = [
        HeldPosition(
            str(position.strategy_id), str(position.instrument_id), _signed(position),
            float(position.avg_px_open), tuple(_fill(event, cache) for event in position.events()),
        )
        for position in cache.positions_open()
    ]  # fmt: skip
    orders = sorted((_resting(order) for order in cache.orders_open()), key=lambda order: order.id)
    return Holdings(tuple(sorted(positions, key=lambda each: (each.strategy, each.instrument))), tuple(orders))


def motion_in(cache: Any) -> str:
    """Say which order a checkpoint could not hold as it is, nothing where there is none."""
    for order in cache.orders_open():
        moving = order.is_pending_update or order.is_pending_cancel or getattr(order, "is_triggered", False)
        if moving or float(order.filled_qty):
            return f"the order {order.client_order_id} is in motion"
    return "an order is on its way" if any(not _stillborn(order, cache) for order in cache.orders_inflight()) else ""


def _signed(position: Any) -> str:
    # Not the engine's signed quantity: it is a float, and keeps the errors of every fill.
    return f"-{position.quantity}" if position.is_short else str(position.quantity)


def _stillborn(order: Any, cache: Any) -> bool:
    # The stop or target of an entry that came to nothing: the engine has it as submitted for ever, no venue knows it.
    if order.parent_order_id is None or order.is_pending_update or order.is_pending_cancel:
        return False
    entry = cache.order(order.parent_order_id)
    return entry is None or (entry.is_closed and not float(entry.filled_qty))


def _fill(event: Any, cache: Any) -> HeldFill:
    order = cache.order(event.client_order_id)
    return HeldFill(
        int(event.ts_event), str(event.client_order_id), event.order_side == OrderSide.BUY, str(event.last_qty),
        str(event.last_px), None if event.commission is None else str(event.commission),
        None if order is None else str(order.quantity),
    )  # fmt: skip


def _resting(order: Any) -> RestingOrder:
    first = order.init_event
    return RestingOrder(
        str(order.client_order_id), str(order.strategy_id), str(order.instrument_id), order.side == OrderSide.BUY,
        str(order.quantity), str(first.quantity), _text(getattr(order, "price", None)),
        _text(getattr(order, "trigger_price", None)), _text(first.trigger_price), _text(order.parent_order_id),
        tuple(map(str, order.linked_order_ids or ())), _text(order.order_list_id), tuple(map(str, order.tags or ())),
    )  # fmt: skip


def _text(value: object) -> str | None:
    return None if value is None else str(value)
