# file: tests/core/execution/testgate.py
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from nautilus_trader.model import ExecAlgorithmId, OrderSide, OrderType, Price, TimeInForce, TriggerType

from tests.core.execution.enginefixture import COIN, FLAT, MINUTE, MONDAY, Actor, Engine, Ran, acting, listing
from tradingbot.core.errors import StrategyFailed
from tradingbot.core.execution.approvals import Approvals
from tradingbot.core.execution.gate import GATE
from tradingbot.core.execution.protection import bracket_orders
from tradingbot.core.messages.approval import Approved
from tradingbot.core.messages.intent import Side

_OTHER = "OTHER-LINEAR.BYBIT"
_YES = Approved("T1", "Actor-000", ((COIN, Side.LONG),), Decimal(10), Decimal("95.0"), Decimal("120.0"), 2**62)


def _market(actor: Actor, side: OrderSide = OrderSide.BUY, quantity: float = 10, of: int = 0, **fields: Any) -> Any:
    item = actor.context.instruments[of]
    fields = {"tags": [Approvals.tag(_YES)]} | fields
    return actor.order_factory.market(
        item.id, side, item.make_qty(quantity), time_in_force=TimeInForce.IOC, exec_algorithm_id=GATE, **fields
    )


def _stop(
    actor: Actor, trigger: float = 95, quantity: float = 10, side: OrderSide = OrderSide.SELL, of: int = 0
) -> Any:
    item = actor.context.instruments[of]
    return actor.order_factory.stop_market(
        item.id, side, item.make_qty(quantity), Price(trigger, 1), reduce_only=True, exec_algorithm_id=GATE
    )


def _touched(actor: Actor) -> Any:
    """Return what has a trigger but is no stop: it would sell at once below the market."""
    item = actor.context.instruments[0]
    return actor.order_factory.market_if_touched(
        item.id, OrderSide.SELL, item.make_qty(10), Price(95, 1), reduce_only=True, exec_algorithm_id=GATE
    )


def _sent(engine: Engine, make: Callable[[Any], Any], granted: Approved = _YES) -> Ran:
    """Grant `granted` and send what `make` makes, an order or a list, at the second bar."""

    def send(actor: Any, _bar: Any) -> None:
        actor._lane.approvals.grant(granted)
        orders = make(actor)
        actor.submit_order_list(orders) if isinstance(orders, list) else actor.submit_order(orders)

    engine.trade(FLAT * 5)
    engine.trade(FLAT * 5, listing(_OTHER, base="ETH"))
    return engine.run(acting({3: send}))


_DENIED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "forged": (
        lambda actor: [_market(actor, tags=["APPROVAL:A77"]), _stop(actor)],
        "no approval is on record for this order",
    ),
    "without": (lambda actor: [_market(actor, tags=[]), _stop(actor)], "no approval is on record for this order"),
    "single, without": (lambda actor: _market(actor, tags=[]), "no approval is on record for this order"),
    "other instrument": (
        lambda actor: [_market(actor, of=1), _stop(actor, of=1)],
        f"approval T1 does not cover LONG {_OTHER}",
    ),
    "other side": (
        lambda actor: [_market(actor, OrderSide.SELL), _stop(actor, side=OrderSide.BUY)],
        f"approval T1 does not cover SHORT {COIN}",
    ),
    "larger": (
        lambda actor: [_market(actor, quantity=10.001), _stop(actor, quantity=10.001)],
        f"approval T1 has 10 of {COIN} unspent, the order was 10.001",
    ),
    "other stop": (
        lambda actor: [_market(actor), _stop(actor, 94.9)],
        "approval T1 demands the stop 95.0, the order had 94.9",
    ),
    "single, no stop": (_market, "approval T1 demands the stop 95.0, the order had None"),
    "list, no stop": (
        lambda actor: [_market(actor), _market(actor, OrderSide.SELL, reduce_only=True)],
        "a list has one entry and one stop, this one had 1 and 0",
    ),
    "no real stop": (
        lambda actor: [_market(actor), _touched(actor)],
        "a list has one entry and one stop, this one had 1 and 0",
    ),
    "two entries": (
        lambda actor: [_market(actor), _market(actor), _stop(actor)],
        "a list has one entry and one stop, this one had 2 and 1",
    ),
    "two stops": (
        lambda actor: [_market(actor), _stop(actor), _stop(actor, 90)],
        "a list has one entry and one stop, this one had 1 and 2",
    ),
    "small stop": (lambda actor: [_market(actor), _stop(actor, quantity=9)], "the stop does not cover the entry"),
    "stop on the wrong side": (
        lambda actor: [_market(actor), _stop(actor, side=OrderSide.BUY)],
        "the stop does not cover the entry",
    ),
    "stop of another instrument": (lambda actor: [_market(actor), _stop(actor, of=1)], "a list is for one instrument"),
}


@pytest.mark.parametrize("case", sorted(_DENIED))
def test_what_was_not_approved_like_this_is_denied_with_the_reason(engine: Engine, case: str) -> None:
    make, reason = _DENIED[case]
    ran = _sent(engine, make)
    assert {heard.kind for heard in ran.actor.heard} == {"OrderDenied"}
    assert {heard.event.reason for heard in ran.actor.heard} == {f"GATE: {reason}"}
    assert [(refusal.rule, refusal.strategy) for refusal in ran.recorder.refusals] == [("gate", "Actor-000")]
    assert ran.recorder.refusals[0].sentence.endswith(f": {reason}")
    assert not ran.recorder.ledger.open_positions


def test_an_approval_given_to_another_strategy_is_denied(engine: Engine) -> None:
    ran = _sent(engine, lambda actor: [_market(actor), _stop(actor)], replace(_YES, strategy="Other-001"))
    assert ran.actor.heard[0].event.reason == "GATE: approval T1 was given to Other-001, not to Actor-000"


def test_a_spent_approval_is_denied(engine: Engine) -> None:
    def again(actor: Any, _bar: Any) -> None:
        answer = actor.enter(95)
        actor.submit_order_list(bracket_orders(actor, actor.context.instruments[0], answer))

    engine.trade(FLAT * 5)
    ran = engine.run(acting({2: again}))
    denied = [heard for heard in ran.actor.heard if heard.kind == "OrderDenied"]
    assert {heard.event.reason for heard in denied} == {
        f"GATE: approval A1 has 0.000 of {COIN} unspent, the order was 20.000"
    }
    assert ran.actor.held[-1] == 20


def test_an_order_that_meets_its_approval_passes_but_a_fill_nobody_proposed_fails_the_run(engine: Engine) -> None:
    with pytest.raises(StrategyFailed, match="was filled without having passed the GATE"):
        _sent(engine, lambda actor: [_market(actor), _stop(actor)])


def test_closing_orders_pass_and_are_counted(engine: Engine) -> None:
    engine.trade(FLAT * 9)
    enter, leave = (lambda actor, _bar: actor.enter(95, 120)), (lambda actor, _bar: actor.leave())
    ran = engine.run(acting({1: enter, 3: leave, 5: enter, 7: leave}))
    assert ran.outcome.closing_orders == 2
    assert [trade.exit_reason for trade in ran.trades] == ["signal", "signal"]


def test_a_closing_order_of_the_strategy_s_own_passes_but_cannot_open_anything(engine: Engine) -> None:
    ran = _sent(engine, lambda actor: _market(actor, OrderSide.SELL, tags=[], reduce_only=True))
    assert ran.outcome.closing_orders == 1
    assert [heard.kind for heard in ran.actor.heard] == ["OrderRejected"]


def test_an_exception_in_the_gate_sends_nothing_and_fails_the_run(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any) -> None:
        raise ValueError("boom")

    monkeypatch.setattr(Approvals, "spend", broken)
    engine.trade(FLAT * 5)
    with pytest.raises(StrategyFailed, match=r"OrderGate\.on_order_list raised ValueError: boom"):
        engine.run(found := acting({1: lambda actor, _bar: actor.enter(95)}))
    assert found.cast[0].heard == []


def test_the_stop_of_a_denied_entry_is_denied_with_it(engine: Engine) -> None:
    ran = _sent(engine, lambda actor: [_market(actor, tags=[]), _stop(actor)])
    kinds = {heard.event.client_order_id: heard.kind for heard in ran.actor.heard}
    assert list(kinds.values()) == ["OrderDenied"] * 2


def test_what_is_over_leaves_the_engine_s_cache_after_a_day(engine: Engine) -> None:
    counts: list[int] = []

    def look(actor: Any, _bar: Any) -> None:
        counts.append(len(actor.cache.orders()))

    day = 288
    engine.trade(FLAT * (2 * day))
    enter, leave = (lambda actor, _bar: actor.enter(95)), (lambda actor, _bar: actor.leave())
    ran = engine.run(acting({1: enter, 3: leave, day: look, day + 10: enter, day + 12: look}))
    assert counts == [3, 2]
    assert len(ran.trades) == 1


def test_no_timer_of_the_gate_fills_an_order_in_a_gap(engine: Engine) -> None:
    """With a timer at midnight Friday's last order would fill on Saturday at Friday's price."""
    friday = MONDAY - 3 * 1440 * MINUTE + 12 * 60 * MINUTE
    rows = FLAT * 6
    engine.trade(rows + [(110, 111, 109, 110)] * 6, start=friday)
    bars = engine.shelf.bars_[COIN, engine.sides[COIN][0]]
    bars.ts[6:] += 2 * 1440 * MINUTE
    ran = engine.run(acting({6: lambda actor, _bar: actor.enter(95)}))
    (entry,) = (heard.event for heard in ran.actor.heard if heard.kind == "OrderFilled")
    assert entry.last_px.as_decimal() == 110
    assert entry.ts_event == bars.ts[6] - 5 * MINUTE + 100_000_000


def test_a_stop_is_what_the_engine_calls_stop_market(engine: Engine) -> None:
    kinds: list[OrderType] = []
    engine.trade(FLAT * 3)
    engine.run(acting({1: lambda actor, _bar: kinds.extend([_stop(actor).order_type, _touched(actor).order_type])}))
    assert kinds == [OrderType.STOP_MARKET, OrderType.MARKET_IF_TOUCHED]


def test_an_approval_past_its_deadline_is_denied(engine: Engine) -> None:
    ran = _sent(engine, lambda actor: [_market(actor), _stop(actor)], replace(_YES, expires=MONDAY + 9 * MINUTE))
    assert {heard.event.reason for heard in ran.actor.heard if heard.kind == "OrderDenied"} == {
        "GATE: approval T1 expired 60.000 s before the order"
    }
    assert ran.fills() == []


def test_a_killed_lane_denies_what_was_approved_before(engine: Engine) -> None:
    def made(actor: Any) -> list[Any]:
        actor._lane.latch.kill("ann", "drill")
        return [_market(actor), _stop(actor)]

    ran = _sent(engine, made)
    assert {heard.event.reason for heard in ran.actor.heard if heard.kind == "OrderDenied"} == {
        "GATE: the lane is killed (drill)"
    }
    assert ran.fills() == []


def test_an_order_held_back_by_the_emulator_still_meets_the_gate(engine: Engine) -> None:
    def emulated(actor: Any) -> Any:
        coin = actor.context.instruments[0]
        return actor.order_factory.limit(
            coin.id, OrderSide.BUY, coin.make_qty(10), Price(100, 1), emulation_trigger=TriggerType.BID_ASK,
            exec_algorithm_id=GATE,
        )  # fmt: skip

    ran = _sent(engine, emulated)
    assert "no approval is on record" in " ".join(refusal.sentence for refusal in ran.recorder.refusals)
    assert ran.fills() == []
    assert ran.recorder.positions() == []


def test_an_order_for_another_algorithm_is_refused(engine: Engine) -> None:
    def elsewhere(actor: Any) -> Any:
        coin = actor.context.instruments[0]
        return actor.order_factory.market(
            coin.id, OrderSide.BUY, coin.make_qty(1), exec_algorithm_id=ExecAlgorithmId("TWAP")
        )

    with pytest.raises(StrategyFailed, match="PolicyRefused: Actor-000 sent an order past the GATE"):
        _sent(engine, elsewhere)


def test_closing_and_reopening_in_one_breath_is_refused(engine: Engine) -> None:
    def again(actor: Any, _bar: Any) -> None:
        actor.leave()
        actor.enter(95)

    engine.trade(FLAT * 7)
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(95), 3: again}))
    assert ran.rules == ["already_in"]
    assert [trade.exit_reason for trade in ran.trades] == ["signal"]
