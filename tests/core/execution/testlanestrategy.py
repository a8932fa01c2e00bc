# file: tests/core/execution/testlanestrategy.py
from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from nautilus_trader.model import OrderSide, PositionSide
from nautilus_trader.trading import Strategy

from tests.core.execution.enginefixture import COIN, FLAT, MINUTE, MONDAY, Actor, Engine, acting, listing
from tradingbot.core.errors import StrategyFailed
from tradingbot.core.execution.gate import GATE
from tradingbot.core.messages.approval import Approved, Refused
from tradingbot.core.messages.intent import Side, Strength


def _boom(*_args: Any) -> None:
    raise ValueError("boom")


def _market(actor: Any, gate: bool = False) -> Any:
    coin = actor.context.instruments[0]
    routed = {"exec_algorithm_id": GATE} if gate else {}
    return actor.order_factory.market(coin.id, OrderSide.BUY, coin.make_qty(1), **routed)


_FORBIDDEN = {
    "modify_order": lambda actor: actor.modify_order(actor._tracker.stops[COIN].id),
    "modify_orders": lambda actor: actor.modify_orders([]),
    "cancel_order": lambda actor: actor.cancel_order(actor._tracker.stops[COIN].id),
    "cancel_orders": lambda actor: actor.cancel_orders([actor._tracker.stops[COIN].id]),
    "cancel_all_orders": lambda actor: actor.cancel_all_orders(actor.context.instruments[0].id),
    "cancel_gtd_expiry": lambda actor: actor.cancel_gtd_expiry(_market(actor)),
    "close_position": lambda actor: actor.close_position(actor.cache.positions_open()[0]),
    "close_all_positions": lambda actor: actor.close_all_positions(actor.context.instruments[0].id, PositionSide.LONG),
    "market_exit": lambda actor: actor.market_exit(),
    "stop": lambda actor: actor.stop(),
    "resume": lambda actor: actor.resume(),
    "reset": lambda actor: actor.reset(),
    "dispose": lambda actor: actor.dispose(),
    "degrade": lambda actor: actor.degrade(),
    "fault": lambda actor: actor.fault(),
    "shutdown_system": lambda actor: actor.shutdown_system("enough"),
}


@pytest.mark.parametrize("name", sorted(_FORBIDDEN))
def test_a_strategy_may_not_reach_past_the_lane_layer(engine: Engine, name: str) -> None:
    engine.trade(FLAT * 5)
    script = {1: lambda actor, _bar: actor.enter(95), 3: lambda actor, _bar: _FORBIDDEN[name](actor)}
    told = rf"on_bar raised PolicyRefused: Actor-000 may not call {name}; use (tighten\(\)|close\(\)|an exception)"
    with pytest.raises(StrategyFailed, match=told) as raised:
        engine.run(acting(script))
    assert "Traceback" in str(raised.value)


def test_an_order_without_the_gate_is_refused(engine: Engine) -> None:
    engine.trade(FLAT * 5)
    with pytest.raises(StrategyFailed, match="PolicyRefused: Actor-000 sent an order past the GATE; use propose"):
        engine.run(acting({1: lambda actor, _bar: actor.submit_order(_market(actor))}))


def test_a_list_of_which_one_order_is_without_the_gate_is_refused(engine: Engine) -> None:
    def send(actor: Any, _bar: Any) -> None:
        actor.submit_order_list([_market(actor, gate=True), _market(actor)])

    engine.trade(FLAT * 5)
    with pytest.raises(StrategyFailed, match="PolicyRefused: Actor-000 sent orders past the GATE; use propose"):
        engine.run(acting({1: send}))


def test_an_order_sent_through_the_engine_s_own_class_fails_the_run_when_it_fills(engine: Engine) -> None:
    engine.trade(FLAT * 5)
    with pytest.raises(StrategyFailed, match=r"RunFailed: order O-.* was filled without having passed the GATE"):
        engine.run(acting({1: lambda actor, _bar: Strategy.submit_order(actor, _market(actor))}))


_HANDLERS = [
    "on_start", "on_bar", "on_stop", "on_order_initialized", "on_order_submitted", "on_order_accepted",
    "on_order_filled", "on_order_canceled", "on_position_opened", "on_position_closed",
]  # fmt: skip


@pytest.mark.parametrize("realism", ["exact", "fast"])
@pytest.mark.parametrize("name", _HANDLERS)
def test_a_handler_that_raises_fails_the_run_with_its_traceback(engine: Engine, name: str, realism: str) -> None:
    engine.trade(FLAT * 8)
    members: dict[str, Any] = {name: _boom}
    found = acting({1: lambda actor, _bar: actor.enter(95, 120), 4: lambda actor, _bar: actor.leave()}, **members)
    with pytest.raises(StrategyFailed, match=rf"Actor-000\.{name} raised ValueError: boom") as raised:
        engine.run(found, realism=realism)
    assert 'raise ValueError("boom")' in str(raised.value)


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt()])
def test_even_an_order_to_leave_the_program_fails_the_run(engine: Engine, error: BaseException) -> None:
    def leave(*_args: Any) -> None:
        raise error

    engine.trade(FLAT * 5)
    with pytest.raises(StrategyFailed, match=rf"Actor-000\.on_bar raised {type(error).__name__}"):
        engine.run(acting({1: leave}))


def test_a_fault_stops_the_run_at_once(engine: Engine) -> None:
    engine.trade(FLAT * 8)
    with pytest.raises(StrategyFailed):
        engine.run(found := acting({3: _boom}))
    assert found.cast[0].count == 3


def test_nothing_is_entered_after_a_fault(engine: Engine) -> None:
    def fail_then_enter(actor: Any, _bar: Any) -> None:
        try:
            raise ValueError("boom")
        except ValueError as error:
            actor.faults.add("Actor-000", "on_bar", error)
        actor.enter(95)

    engine.trade(FLAT * 8)
    with pytest.raises(StrategyFailed):
        engine.run(found := acting({2: fail_then_enter}))
    answer = found.cast[0].answers[0]
    assert (answer.rule, answer.sentence) == (
        "strategy_failed",
        f"{COIN}: a handler raised, so nothing more is entered",
    )
    assert found.cast[0].heard == []


def test_a_strategy_that_cannot_be_built_fails_with_its_own_error(engine: Engine) -> None:
    def broken(self: Any, params: Any, *given: Any) -> None:
        Actor.__init__(self, params, *given)
        raise ValueError("boom")

    engine.trade(FLAT * 3)
    with pytest.raises(ValueError, match="boom"):
        engine.run(acting(__init__=broken))


def test_an_approved_intent_is_held_from_the_next_open_on(engine: Engine) -> None:
    engine.trade(FLAT * 5)
    ran = engine.run(acting({2: lambda actor, _bar: actor.enter(95)}))
    assert ran.actor.answers == [
        Approved(
            "A1",
            "Actor-000",
            ((COIN, Side.LONG),),
            Decimal("20.000"),
            Decimal("95.0"),
            None,
            MONDAY + 10 * MINUTE + 604_800 * 1_000_000_000,
        )
    ]
    assert ran.actor.held == [0, 0, 20, 20, 20]


def test_a_second_entry_is_refused_while_one_is_held_or_on_its_way(engine: Engine) -> None:
    engine.trade(FLAT * 8)
    enter = lambda actor, _bar: actor.enter(95)  # noqa: E731 - a cue of a script
    twice = lambda actor, _bar: (actor.enter(95), actor.enter(95))  # noqa: E731
    leave_and_enter = lambda actor, _bar: (actor.leave(), actor.enter(95))  # noqa: E731
    ran = engine.run(acting({1: twice, 3: enter, 4: leave_and_enter, 6: enter}))
    assert ran.rules == ["already_in"] * 3
    assert ran.recorder.refusals[0].sentence == f"{COIN}: a position is held or on its way"
    assert ran.actor.held == [0, 20, 20, 20, 0, 0, 20, 20]


def test_nothing_is_sent_at_the_last_bar(engine: Engine) -> None:
    moved: list[bool] = []

    def all_of_it(actor: Any, _bar: Any) -> None:
        moved.append(actor.tighten(actor.context.instruments[0].id, 97))
        actor.leave()
        actor.enter(95)

    engine.trade(FLAT * 5)
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(95), 5: all_of_it}))
    assert moved == [False]
    assert not ran.trades
    assert ran.actor.held[-1] == 20
    assert ran.rules == ["run_ends"]


def test_an_intent_kept_from_an_earlier_bar_is_still_refused_at_the_last_one(engine: Engine) -> None:
    kept: list[Any] = []

    def keep(actor: Any, bar: Any) -> None:
        kept.append(actor.intent(bar.bar_type.instrument_id, Side.LONG, bar.close, 95))

    engine.trade(FLAT * 5)
    ran = engine.run(acting({1: keep, 5: lambda actor, _bar: actor.propose(kept[0])}))
    assert ran.rules == ["run_ends"]
    assert ran.recorder.refusals[0].sentence == f"{COIN}: the run ends here, there is no next price"


def test_an_exit_at_the_last_quote_does_not_outlive_the_run(engine: Engine) -> None:
    def leave(actor: Any, quote: Any) -> None:
        if quote.ts_event >= MONDAY + 25 * MINUTE - 1_000:
            actor.leave()

    engine.trade(FLAT * 5)
    start = {1: lambda actor, bar: (actor.enter(95), actor.subscribe_quotes(bar.bar_type.instrument_id))}
    ran = engine.run(acting(start, on_quote=leave))
    assert [held.signed for held in ran.recorder.ledger.open_positions] == [20]


def test_a_lane_that_does_not_short_refuses_to(engine: Engine) -> None:
    engine.lane_of(short=False)
    engine.trade(FLAT * 5)
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(105, side=Side.SHORT)}))
    assert ran.rules == ["no_shorting"]
    assert ran.recorder.refusals[0].sentence == f"{COIN}: the cryptofutures lane does not sell short"


def test_a_refusal_of_the_desk_is_answered_and_kept(engine: Engine) -> None:
    engine.trade(FLAT * 5)
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(101)}))
    assert isinstance(ran.actor.answers[0], Refused)
    assert ran.recorder.refusals == ran.actor.answers
    assert ran.rules == ["stop_side"]
    assert len(ran.recorder.decisions) == 1


def test_an_intent_in_another_strategy_s_name_is_denied_at_the_gate(engine: Engine) -> None:
    def pose(actor: Any, bar: Any) -> None:
        wish = actor.intent(bar.bar_type.instrument_id, Side.LONG, bar.close, 95)
        actor.propose(replace(wish, strategy="Other-001"))

    engine.trade(FLAT * 5)
    ran = engine.run(acting({1: pose}))
    assert sorted(ran.rules) == ["gate", "unfilled"]
    assert "approval A1 was given to Other-001, not to Actor-000" in ran.recorder.refusals[0].sentence
    assert ran.actor.held[-1] == 0


def test_a_price_that_is_not_the_market_s_cannot_make_a_position_larger(engine: Engine) -> None:
    """Quoted at a tenth of the market, risk per coin would look ten times smaller than it is."""

    def enter_at(price: float, stop: float) -> Any:
        return lambda actor, bar: actor.answers.append(
            actor.propose(actor.intent(bar.bar_type.instrument_id, Side.LONG, price, stop))
        )

    engine.trade(FLAT * 8)
    ran = engine.run(acting({1: enter_at(10, 9.5), 2: enter_at(96, 95)}))
    assert ran.rules == ["stop_distance"]
    assert ran.recorder.refusals[0].sentence == f"{COIN}: the stop was 90.50% away, the limit is 15.00%"
    assert ran.actor.answers[1].quantity == 20


def test_the_intent_carries_what_the_strategy_knows(engine: Engine) -> None:
    made: list[Any] = []

    def make(actor: Any, bar: Any) -> None:
        made.append(actor.intent(bar.bar_type.instrument_id, Side.SHORT, bar.close, 105.25, 90, Strength.STRONG))
        made.append(actor.intent(COIN, Side.LONG, Decimal("100.1"), None))

    engine.trade(FLAT * 3)
    engine.run(acting({1: make}))
    first, second = made
    assert (first.strategy, first.instrument, first.side) == ("Actor-000", COIN, Side.SHORT)
    assert (first.price, first.stop, first.target) == (Decimal("100.0"), Decimal("105.25"), Decimal(90))
    assert (first.strength, first.ts) == (Strength.STRONG, MONDAY + 5 * MINUTE)
    assert (second.price, second.stop, second.target, second.strength) == (Decimal("100.1"), None, None, "normal")


def test_closing_what_is_not_held_does_nothing(engine: Engine) -> None:
    engine.trade(FLAT * 5)
    ran = engine.run(acting({2: lambda actor, _bar: actor.leave()}))
    assert ran.actor.heard == []
    assert ran.outcome.closing_orders == 0


def test_two_strategies_hold_the_same_instrument_side_by_side(engine: Engine) -> None:
    engine.trade(FLAT * 3 + [(100, 101, 97, 98)] + [(98, 99, 97, 98)] * 2)
    bull = acting({1: lambda actor, _bar: actor.enter(95), 4: lambda actor, _bar: actor.leave()}, "Bull")
    bear = acting(
        {1: lambda actor, _bar: actor.enter(105, side=Side.SHORT), 4: lambda actor, _bar: actor.leave()}, "Bear"
    )
    ran = engine.run(bull, bear)
    assert [(trade.strategy, trade.side, trade.pnl) for trade in ran.trades] == [
        ("Bull-000", "LONG", -40),
        ("Bear-001", "SHORT", 40),
    ]


def test_two_instruments_are_entered_and_closed_apart(engine: Engine) -> None:
    engine.trade(FLAT * 6)
    engine.trade([(50, 51, 49, 50)] * 6, listing("OTHER-LINEAR.BYBIT", base="ETH"))
    script = {
        2: lambda actor, _bar: (actor.enter(95), actor.enter(47.5, of=1)),
        7: lambda actor, _bar: actor.leave(of=1),
    }
    ran = engine.run(acting(script))
    assert [(trade.instrument, trade.quantity) for trade in ran.trades] == [("OTHER-LINEAR.BYBIT", 40)]
    assert [held.instrument for held in ran.recorder.ledger.open_positions] == [COIN]


@pytest.mark.parametrize("reason", ["", "entry", "expiry"])
def test_a_reason_to_close_is_a_word_that_means_nothing_else_here(engine: Engine, reason: str) -> None:
    engine.trade(FLAT * 6)
    script = {1: lambda actor, _bar: actor.enter(95), 3: lambda actor, _bar: actor.leave(reason)}
    with pytest.raises(
        StrategyFailed, match=rf"ValueError: the reason to close was '{reason}', allowed is a word other"
    ):
        engine.run(acting(script))


@pytest.mark.parametrize("reason", ["stop", "target", "unprotected", "assignment"])
def test_a_reason_may_be_a_word_that_other_exits_have_too(engine: Engine, reason: str) -> None:
    engine.trade([*FLAT * 3, *[(100, 101, 99, 100, 12)] * 5])
    script = {1: lambda actor, _bar: actor.enter(95, 120), 3: lambda actor, _bar: actor.leave(reason)}
    ran = engine.run(acting(script))
    assert [(trade.exit_reason, trade.fills) for trade in ran.trades] == [(reason, 3)]
    assert not ran.recorder.ledger.open_positions


_WISHES: dict[str, tuple[Any, str]] = {
    "side": (
        lambda actor, bar: actor.intent(COIN, "LONG", bar.close, 95),
        "TypeError: Intent.side was 'LONG', allowed",
    ),
    "strength": (
        lambda actor, bar: actor.intent(COIN, Side.LONG, bar.close, 95, None, "strong"),
        "TypeError: Intent.strength was 'strong', allowed is Strength.WEAK",
    ),
    "price": (
        lambda actor, _bar: actor.intent(COIN, Side.LONG, "100", 95),
        "TypeError: price was '100', allowed is a num",
    ),
    "stop": (
        lambda actor, bar: actor.intent(COIN, Side.LONG, bar.close, "95"),
        "TypeError: stop was '95', allowed is a",
    ),
    "flag": (
        lambda actor, bar: actor.intent(COIN, Side.LONG, bar.close, False),
        "TypeError: stop was False, allowed is",
    ),
    "nan": (
        lambda actor, bar: actor.intent(COIN, Side.LONG, bar.close, float("nan")),
        "ValueError: stop was nan, allowed is a finite number",
    ),
    "target": (
        lambda actor, bar: actor.intent(COIN, Side.LONG, bar.close, 95, float("inf")),
        "ValueError: target was inf, allowed is a finite number",
    ),
    "instrument": (
        lambda actor, bar: actor.intent("COIN", Side.LONG, bar.close, 95),
        f"ValueError: instrument was 'COIN', allowed are those of the run: {COIN} ",
    ),
    "proposal": (
        lambda actor, _bar: actor.propose("LONG"),
        "TypeError: propose() was given 'LONG', allowed is an Intent,",
    ),
    "stranger": (
        lambda actor, bar: actor.propose(replace(actor.intent(COIN, Side.LONG, bar.close, 95), instrument="X.Y")),
        f"ValueError: instrument was 'X.Y', allowed are those of the run: {COIN} ",
    ),
    "tighten": (lambda actor, _bar: actor.tighten(COIN, float("nan")), "ValueError: stop was nan, allowed is a finite"),
    "close": (
        lambda actor, _bar: actor.close("COIN", "signal"),
        "ValueError: instrument was 'COIN', allowed are those",
    ),
    "holding": (lambda actor, _bar: actor.holding(None), "ValueError: instrument was 'None', allowed are those of the"),
}


@pytest.mark.parametrize("name", sorted(_WISHES))
def test_a_wish_of_the_wrong_kind_fails_with_a_sentence(engine: Engine, name: str) -> None:
    ask, told = _WISHES[name]
    engine.trade(FLAT * 3)
    with pytest.raises(StrategyFailed, match=re.escape(f"Actor-000.on_bar raised {told}")):
        engine.run(acting({1: ask}))


@pytest.mark.parametrize("number", [100, np.float64(100), np.float32(100), np.int64(100), Decimal(100)])
def test_a_price_may_be_any_number(engine: Engine, number: Any) -> None:
    made: list[Any] = []
    engine.trade(FLAT * 3)
    engine.run(acting({1: lambda actor, _bar: made.append(actor.intent(COIN, Side.LONG, number, number))}))
    assert (made[0].price, made[0].stop) == (100, 100)
    assert isinstance(made[0].price, Decimal)
