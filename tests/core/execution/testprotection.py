# file: tests/core/execution/testprotection.py
from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nautilus_trader.model import ContingencyType, OrderSide, OrderType, TimeInForce

from tests.core.execution.enginefixture import COIN, FLAT, Engine, Ran, acting, listing
from tradingbot.core.execution.approvals import Approvals
from tradingbot.core.execution.gate import GATE
from tradingbot.core.execution.protection import (
    STOP_TAG,
    TARGET_TAG,
    bracket_orders,
    entry_order,
    exit_order,
    on_tick,
    order_side,
    trailing_stop,
)
from tradingbot.core.messages.approval import Approved
from tradingbot.core.messages.intent import Side

_TICKS = ["0.00005", "0.005", "0.025", "0.05", "0.25", "0.5", "1", "5", "25", "0.1", "0.01", "0.000000000125"]


@pytest.mark.parametrize(
    ("step", "price", "nearest", "up", "down"),
    [
        ("0.00005", "1.08307", "1.08305", "1.08310", "1.08305"),
        ("0.005", "149.5829", "149.585", "149.585", "149.580"),
        ("0.25", "5000.30", "5000.25", "5000.50", "5000.25"),
        ("0.025", "110.0376", "110.050", "110.050", "110.025"),
        ("0.5", "97.3", "97.5", "97.5", "97.0"),
        ("25", "4990", "5000", "5000", "4975"),
        ("0.05", "2.12", "2.10", "2.15", "2.10"),
    ],
)
def test_a_price_lies_on_the_step_with_its_decimals(step: str, price: str, nearest: str, up: str, down: str) -> None:
    instrument = listing(price_step=step).instrument
    ways = {"": nearest, ROUND_CEILING: up, ROUND_FLOOR: down}
    for rounding, wanted in ways.items():
        found = on_tick(instrument, Decimal(price), *([rounding] if rounding else []))
        assert str(found) == wanted
        assert found.precision == instrument.price_precision


@pytest.mark.parametrize(
    ("asked", "tick", "sign", "market", "goes"),
    [
        ("97.30", "0.25", 1, "100", "97.50"),
        ("102.70", "0.25", -1, "100", "102.50"),
        ("97.50", "0.25", 1, "100", "97.50"),
        ("1.08306", "0.00005", 1, "1.09000", "1.08310"),
        ("99.80", "0.25", 1, "100.00", "99.75"),
        ("99.80", "0.25", 1, "100.10", "100.00"),
        ("100.20", "0.25", -1, "100.00", "100.25"),
        ("99.99", "0.25", 1, "99.99", None),
        ("101", "0.25", 1, "100", None),
        ("99", "0.25", -1, "100", None),
        ("97.30", "0.25", 1, None, "97.50"),
    ],
)
def test_a_stop_goes_to_the_next_tick_towards_the_market_and_not_into_it(
    asked: str, tick: str, sign: int, market: str | None, goes: str | None
) -> None:
    found = trailing_stop(Decimal(asked), Decimal(tick), sign, None if market is None else Decimal(market))
    assert found == (None if goes is None else Decimal(goes))


@given(
    asked=st.decimals("0.00001", 1_000_000, places=7),
    market=st.decimals("0.00001", 1_000_000, places=7),
    tick=st.sampled_from(_TICKS),
    sign=st.sampled_from([1, -1]),
)
def test_a_trailed_stop_is_on_the_step_this_side_of_the_market_and_less_than_a_tick_off(
    asked: Decimal, market: Decimal, tick: str, sign: int
) -> None:
    step = Decimal(tick)
    found = trailing_stop(asked, step, sign, market)
    if found is None:
        assert (market - asked) * sign <= 0
        return
    assert found % step == 0
    assert (market - found) * sign > 0
    assert abs(found - asked) < step
    if (found - asked) * sign < 0:  # only where the tick towards the market is not this side of it
        assert (market - found) * sign <= step


def _made(engine: Engine, make: Callable[[Any, Any], Any]) -> Any:
    """Return what `make` makes of an actor and its instrument at the first bar."""
    made: list[Any] = []
    engine.trade(FLAT * 3)
    engine.run(acting({1: lambda actor, _bar: made.append(make(actor, actor.context.instruments[0]))}))
    return made[0]


def _approved(side: Side, target: str | None = None) -> Approved:
    stop = Decimal("95.0") if side is Side.LONG else Decimal("105.0")
    return Approved(
        "A7", "Actor-000", ((COIN, side),), Decimal("1.5"), stop, None if target is None else Decimal(target), 2**62
    )


@pytest.mark.parametrize(("side", "enter", "leave"), [(Side.LONG, "BUY", "SELL"), (Side.SHORT, "SELL", "BUY")])
def test_an_entry_comes_with_its_stop_and_target(engine: Engine, side: Side, enter: str, leave: str) -> None:
    target = "120.0" if side is Side.LONG else "80.0"
    entry, stop, limit = _made(engine, lambda actor, coin: bracket_orders(actor, coin, _approved(side, target)))
    assert [order.order_type for order in (entry, stop, limit)] == [
        OrderType.MARKET, OrderType.STOP_MARKET, OrderType.LIMIT,
    ]  # fmt: skip
    assert [order.side.name for order in (entry, stop, limit)] == [enter, leave, leave]
    assert {order.quantity.as_decimal() for order in (entry, stop, limit)} == {Decimal("1.5")}
    assert {order.exec_algorithm_id for order in (entry, stop, limit)} == {GATE}
    assert [order.is_reduce_only for order in (entry, stop, limit)] == [False, True, True]
    assert stop.trigger_price.as_decimal() == (95 if side is Side.LONG else 105)
    assert limit.price.as_decimal() == Decimal(target)
    assert [order.tags for order in (entry, stop, limit)] == [
        [Approvals.tag(_approved(side))],
        [STOP_TAG],
        [TARGET_TAG],
    ]
    assert entry.time_in_force == TimeInForce.IOC
    assert {stop.time_in_force, limit.time_in_force} == {TimeInForce.GTC}


def test_entry_and_guards_are_linked_so_that_one_guard_cancels_the_other(engine: Engine) -> None:
    entry, stop, limit = _made(engine, lambda actor, coin: bracket_orders(actor, coin, _approved(Side.LONG, "120")))
    assert (entry.contingency_type, stop.contingency_type, limit.contingency_type) == (
        ContingencyType.OTO, ContingencyType.OUO, ContingencyType.OUO,
    )  # fmt: skip
    assert entry.linked_order_ids == [stop.client_order_id, limit.client_order_id]
    assert (stop.linked_order_ids, limit.linked_order_ids) == ([limit.client_order_id], [stop.client_order_id])
    assert stop.parent_order_id == limit.parent_order_id == entry.client_order_id
    assert len({order.order_list_id for order in (entry, stop, limit)}) == 1


def test_without_a_target_there_is_only_the_stop(engine: Engine) -> None:
    entry, stop = _made(engine, lambda actor, coin: bracket_orders(actor, coin, _approved(Side.LONG)))
    assert entry.linked_order_ids == [stop.client_order_id]
    assert stop.contingency_type in (None, ContingencyType.NO_CONTINGENCY)


def test_an_opening_order_takes_what_is_there_and_names_its_approval(engine: Engine) -> None:
    yes = _approved(Side.SHORT)
    order = _made(
        engine, lambda actor, coin: entry_order(actor.order_factory, coin, yes, Side.SHORT, coin.make_qty(0.25))
    )
    assert (order.side, order.quantity.as_decimal(), order.time_in_force) == (
        OrderSide.SELL, Decimal("0.25"), TimeInForce.IOC,
    )  # fmt: skip
    assert (order.exec_algorithm_id, order.is_reduce_only, order.tags) == (GATE, False, ["APPROVAL:A7"])


@pytest.mark.parametrize(("held", "side"), [(Side.LONG, OrderSide.SELL), (Side.SHORT, OrderSide.BUY)])
def test_a_closing_order_can_only_reduce_and_says_why(engine: Engine, held: Side, side: OrderSide) -> None:
    order = _made(engine, lambda actor, coin: exit_order(actor.order_factory, coin, 2 * Decimal(held.sign), "session"))
    assert (order.side, order.time_in_force, order.is_reduce_only) == (side, TimeInForce.IOC, True)
    assert (order.exec_algorithm_id, order.tags) == (GATE, ["EXIT:session"])


def test_sides_are_bought_and_sold() -> None:
    assert (order_side(Side.LONG), order_side(Side.SHORT)) == (OrderSide.BUY, OrderSide.SELL)


def _ran(engine: Engine, rows: list[tuple[float, ...]], side: Side, realism: str) -> Ran:
    """Enter at 100 with a stop five and a target four away; rows are those of a long position."""
    if side is Side.SHORT:
        rows = [(200 - a, 200 - c, 200 - b, 200 - d, *rest) for a, b, c, d, *rest in rows]
    engine.trade([*FLAT * 3, *rows])
    stop, target = 100 - 5 * side.sign, 100 + 4 * side.sign
    return engine.run(acting({1: lambda actor, _bar: actor.enter(stop, target, side)}), realism=realism)


@pytest.mark.parametrize("realism", ["exact", "fast"])
@pytest.mark.parametrize("side", [Side.LONG, Side.SHORT])
def test_a_hit_stop_cancels_the_target(engine: Engine, side: Side, realism: str) -> None:
    ran = _ran(engine, [(100, 100, 94, 94), (94, 120, 94, 120), (120, 120, 120, 120)], side, realism)
    assert [(trade.exit_reason, trade.pnl) for trade in ran.trades] == [("stop", -100)]
    assert ran.kinds("target") == ["OrderAccepted", "OrderCanceled"]


@pytest.mark.parametrize("realism", ["exact", "fast"])
@pytest.mark.parametrize("side", [Side.LONG, Side.SHORT])
def test_a_reached_target_cancels_the_stop(engine: Engine, side: Side, realism: str) -> None:
    ran = _ran(engine, [(100, 105, 100, 105), (105, 105, 90, 90), (90, 90, 90, 90)], side, realism)
    assert [(trade.exit_reason, trade.pnl) for trade in ran.trades] == [("target", 80)]
    assert ran.kinds("stop") == ["OrderAccepted", "OrderCanceled"]


def test_a_target_reached_in_part_leaves_a_stop_for_the_rest(engine: Engine) -> None:
    thin, fall = (100, 105, 100, 105, 16), (103, 103, 94, 94, 1e6)
    ran = _ran(engine, [thin, fall, (94, 94, 94, 94, 1e6)], Side.LONG, "exact")
    (trade,) = ran.trades
    reached = sum(quantity for quantity, _price in ran.fills("target"))
    assert 0 < reached < 20
    assert {price for _quantity, price in ran.fills("target")} == {Decimal(104)}
    assert ran.fills("stop") == [(20 - reached, Decimal(95))]
    assert trade.quantity == 20


def test_a_stop_within_the_spread_is_hit_as_soon_as_the_position_is_held(engine: Engine) -> None:
    """Bought at the ask, the bid is already below the stop."""
    engine.lane_of(spread={"ticks": 20})
    engine.trade(FLAT * 5)
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(99.9)}))
    (trade,) = ran.trades
    assert (trade.entry_price, trade.exit_price, trade.exit_reason) == (101, 99, "stop")
