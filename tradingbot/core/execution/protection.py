# file: core/execution/protection.py
"""Protective orders: an approved entry with its stop and target, and exits, at prices on the instrument's tick size."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Any

from nautilus_trader.core import UUID4
from nautilus_trader.model import (
    ContingencyType,
    LimitOrder,
    MarketOrder,
    OrderSide,
    Price,
    StopMarketOrder,
    TimeInForce,
    TriggerType,
)

from tradingbot.core.execution.approvals import Approvals
from tradingbot.core.execution.gate import GATE
from tradingbot.core.messages.approval import Approved
from tradingbot.core.messages.intent import Side
from tradingbot.core.risk.rounding import stepped

STOP_TAG = "STOP"
TARGET_TAG = "TARGET"


def on_tick(instrument: Any, price: Decimal, rounding: str = ROUND_HALF_EVEN) -> Price:
    """Return `price` on the nearest price step of `instrument`, or rounded as `decimal` calls it."""
    tick = instrument.price_increment.as_decimal()
    return Price.from_decimal_dp(stepped(price, tick, rounding), instrument.price_precision)


def trailing_stop(asked: Decimal, tick: Decimal, sign: int, market: Decimal | None) -> Decimal | None:
    """Return where a stop of a position of `sign` goes that is asked for at `asked`: the next tick towards the market.
    Where that tick is the `market` (the bid of a long position, the ask of a short one) it is the last tick before it.
    A stop asked for at the market or beyond it is none: the venue would refuse it."""
    if market is not None and (market - asked) * sign <= 0:
        return None
    towards, away = (ROUND_CEILING, ROUND_FLOOR) if sign > 0 else (ROUND_FLOOR, ROUND_CEILING)
    stop = stepped(asked, tick, towards)
    return stop if market is None or (market - stop) * sign > 0 else stepped(asked, tick, away)


def order_side(side: Side) -> OrderSide:
    return OrderSide.BUY if side is Side.LONG else OrderSide.SELL


def entry_order(factory: Any, instrument: Any, approved: Approved, side: Side, quantity: Any) -> Any:
    """Return a market order that takes what is there and cancels the rest."""
    tags = [Approvals.tag(approved)]
    return factory.market(
        instrument.id, order_side(side), quantity, time_in_force=TimeInForce.IOC, exec_algorithm_id=GATE, tags=tags
    )


def exit_order(factory: Any, instrument: Any, held: Decimal, reason: str, price: Decimal | None = None) -> Any:
    """Return a reduce-only order against all of the signed quantity `held`, marked with the reason: a market order, or
    a limit order at `price` or the next better tick."""
    side, better = (OrderSide.SELL, ROUND_CEILING) if held > 0 else (OrderSide.BUY, ROUND_FLOOR)
    quantity = instrument.make_qty(float(abs(held)))
    shared = {"reduce_only": True, "exec_algorithm_id": GATE, "tags": [f"EXIT:{reason}"]}
    if price is None:
        return factory.market(instrument.id, side, quantity, time_in_force=TimeInForce.IOC, **shared)
    limit = on_tick(instrument, price, better)
    return factory.limit(instrument.id, side, quantity, limit, time_in_force=TimeInForce.GTC, **shared)


def bracket_orders(strategy: Any, instrument: Any, approved: Approved) -> list[Any]:
    """Return market entry, stop and, where approved, target. The stop and target rest at the venue from the entry's
    first fill on; a fill of one reduces or cancels the other."""
    factory, side = strategy.order_factory, approved.instruments[0][1]
    exit_side = order_side(Side.SHORT if side is Side.LONG else Side.LONG)
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
            client_order_id=entry, exec_spawn_id=entry, order_side=order_side(side), init_id=UUID4(), reduce_only=False,
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
