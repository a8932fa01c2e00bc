# file: core/execution/protection.py
"""An approved entry with its stop and target, as orders the venue links to each other."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from nautilus_trader.core import UUID4
from nautilus_trader.model import (
    ContingencyType,
    LimitOrder,
    MarketOrder,
    OrderSide,
    StopMarketOrder,
    TimeInForce,
    TriggerType,
)

from tradingbot.core.execution.approvals import Approvals
from tradingbot.core.execution.gatekeeper import GATE
from tradingbot.core.execution.ticksize import on_tick
from tradingbot.core.messages.answers import Approved
from tradingbot.core.messages.intent import Side

__all__ = ["STOP_TAG", "TARGET_TAG", "closing", "leaving", "opening", "protected", "side_of"]

STOP_TAG = "STOP"
TARGET_TAG = "TARGET"


def side_of(side: Side) -> OrderSide:
    """Return the order side that opens a position of `side`."""
    return OrderSide.BUY if side is Side.LONG else OrderSide.SELL


def opening(factory: Any, instrument: Any, approved: Approved, side: Side, quantity: Any) -> Any:
    """Return a market order that takes what is there and cancels the rest."""
    return factory.market(
        instrument.id,
        side_of(side),
        quantity,
        time_in_force=TimeInForce.IOC,
        exec_algorithm_id=GATE,
        tags=[Approvals.tag(approved)],
    )


def closing(factory: Any, instrument: Any, held: Any, quantity: Any, reason: str) -> Any:
    """Return a reduce-only market order against a position of side `held`, marked with the reason."""
    side = OrderSide.SELL if held is Side.LONG else OrderSide.BUY
    return factory.market(
        instrument.id,
        side,
        quantity,
        time_in_force=TimeInForce.IOC,
        reduce_only=True,
        exec_algorithm_id=GATE,
        tags=[f"EXIT:{reason}"],
    )


def leaving(factory: Any, instrument: Any, held: Any, quantity: Any, price: Decimal, reason: str) -> Any:
    """Return a reduce-only limit order against a position of side `held`, at `price` or the next better tick."""
    side, better = (OrderSide.SELL, ROUND_CEILING) if held is Side.LONG else (OrderSide.BUY, ROUND_FLOOR)
    return factory.limit(
        instrument.id,
        side,
        quantity,
        on_tick(instrument, price, better),
        time_in_force=TimeInForce.GTC,
        reduce_only=True,
        exec_algorithm_id=GATE,
        tags=[f"EXIT:{reason}"],
    )


def protected(strategy: Any, instrument: Any, approved: Approved) -> list[Any]:
    """Return market entry, stop and, where approved, target.

    The stop and target rest at the venue from the entry's first fill on; a fill of one reduces or cancels the other.
    """
    factory, side = strategy.order_factory, approved.instruments[0][1]
    exit_side = side_of(Side.SHORT if side is Side.LONG else Side.LONG)
    names = [factory.generate_client_order_id() for _ in range(2 if approved.target is None else 3)]
    entry, stop, target = names[0], names[1], names[2:]
    quantity = instrument.make_qty(float(approved.quantity))
    now = strategy.clock.timestamp_ns()
    shared = {
        "trader_id": strategy.trader_id,
        "strategy_id": strategy.strategy_id,
        "instrument_id": instrument.id,
        "quantity": quantity,
        "quote_quantity": False,
        "order_list_id": factory.generate_order_list_id(),
        "exec_algorithm_id": GATE,
        "ts_init": now,
    }
    exits = shared | {
        "order_side": exit_side,
        "reduce_only": True,
        "time_in_force": TimeInForce.GTC,
        "parent_order_id": entry,
        "contingency_type": ContingencyType.OUO if target else None,
    }
    orders: list[Any] = [
        MarketOrder(
            client_order_id=entry, exec_spawn_id=entry, order_side=side_of(side), init_id=UUID4(), reduce_only=False,
            time_in_force=TimeInForce.IOC, contingency_type=ContingencyType.OTO, linked_order_ids=[stop, *target],
            tags=[Approvals.tag(approved)], **shared,
        ),
        StopMarketOrder(
            client_order_id=stop, exec_spawn_id=stop, init_id=UUID4(),
            trigger_price=on_tick(instrument, approved.stop or Decimal(0)),
            trigger_type=TriggerType.DEFAULT, linked_order_ids=target or None, tags=[STOP_TAG], **exits,
        ),
    ]  # fmt: skip
    if approved.target is not None:
        orders.append(
            LimitOrder(
                client_order_id=target[0], exec_spawn_id=target[0], init_id=UUID4(),
                price=on_tick(instrument, approved.target),
                post_only=False, linked_order_ids=[stop], tags=[TARGET_TAG], **exits,
            )
        )  # fmt: skip
    return orders
