# file: tests/core/execution/testguards.py
from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from nautilus_trader.indicators import SimpleMovingAverage

from tests.core.execution.enginefixture import FLAT, MINUTE, MONDAY, Actor, Engine, acting
from tradingbot.core.errors import StrategyFailed
from tradingbot.core.execution.guards import reserved_names
from tradingbot.core.execution.lanestrategy import LaneStrategy


def _boom(*_args: Any) -> None:
    raise ValueError("boom")


RESERVED = reserved_names(LaneStrategy)
KEPT = [
    "params", "context", "_lane", "_listed", "_tracker", "_kill_exit", "_orders", "_name", "_faults",
    "_time", "_clock", "_handlers", "_subscriptions",
]  # fmt: skip


@pytest.mark.parametrize("value", [_boom, {}, None], ids=["method", "value", "nothing"])
@pytest.mark.parametrize("name", sorted(RESERVED))
def test_a_reserved_name_in_the_class_body_is_a_type_error_that_names_it(name: str, value: Any) -> None:
    with pytest.raises(TypeError, match=rf"Rogue may not override {name}; it uses propose\(\), close\(\) and tighten"):
        type("Rogue", (LaneStrategy,), {name: value})


@pytest.mark.parametrize(
    "name", sorted(RESERVED - {"__init_subclass__", "__setattr__"} - {"on_order_event", "on_position_event"})
)
def test_a_reserved_name_may_not_be_assigned_before_the_lane_layer_has_begun(name: str) -> None:
    rogue = LaneStrategy.__new__(LaneStrategy)
    with pytest.raises(
        TypeError, match=f"LaneStrategy may not assign self.{name}: the lane layer has something of its own"
    ):
        setattr(rogue, name, {})


def test_what_the_lane_layer_keeps_in_a_strategy_is_reserved_and_nothing_else_is_there(engine: Engine) -> None:
    engine.trade(FLAT * 3)
    names: list[str] = []
    engine.run(acting({2: lambda actor, _bar: names.extend(vars(actor))}))
    assert set(KEPT) <= RESERVED
    assert set(names) - {"count", "heard", "answers", "held"} == set(KEPT)


@pytest.mark.parametrize("name", ["_tracker", "context", "params", "intent", "state", "_orders"])
def test_a_strategy_that_shadows_a_name_as_it_is_made_fails_at_once(engine: Engine, name: str) -> None:
    def early(self: Any, params: Any, *given: Any) -> None:
        setattr(self, name, {})
        Actor.__init__(self, params, *given)

    def late(self: Any, params: Any, *given: Any) -> None:
        Actor.__init__(self, params, *given)
        setattr(self, name, {})

    engine.trade(FLAT * 3)
    for number, made in enumerate((early, late)):
        with pytest.raises(TypeError, match=rf"Shadow{number} may not assign self\.{name}: the lane layer has"):
            engine.run(acting(__init__=made, name=f"Shadow{number}"))


def test_a_strategy_that_shadows_a_name_while_it_runs_fails_the_run(engine: Engine) -> None:
    engine.trade(FLAT * 3)
    with pytest.raises(
        StrategyFailed, match=r"on_bar raised TypeError: Actor may not assign self\.context: the lane layer has"
    ):
        engine.run(acting({1: lambda actor, _bar: setattr(actor, "context", {})}))


def test_an_annotation_of_a_reserved_name_is_no_value_and_allowed() -> None:
    made = type("Typed", (LaneStrategy,), {"__annotations__": {"params": "Section"}})
    assert issubclass(made, LaneStrategy)


def test_the_order_methods_of_the_engine_are_sealed() -> None:
    assert {
        "submit_order", "submit_order_list", "modify_order", "modify_orders", "cancel_order", "cancel_orders",
        "cancel_all_orders", "close_position", "close_all_positions", "market_exit", "on_order_event", "propose",
        "close", "tighten", "cache", "clock", "portfolio",
    } <= RESERVED  # fmt: skip


def test_several_names_are_told_at_once_in_order() -> None:
    with pytest.raises(TypeError, match="may not override close, submit_order;"):
        type("Rogue", (LaneStrategy,), {"submit_order": _boom, "close": _boom})


@pytest.mark.parametrize("name", ["submit_order", "propose", "__init_subclass__", "__setattr__"])
def test_a_class_mixed_in_before_is_held_to_the_same(name: str) -> None:
    mixed = type("Mixed", (), {name: classmethod(_boom) if name == "__init_subclass__" else _boom})
    with pytest.raises((TypeError, ValueError), match=rf"Rogue may not override {name}|boom"):
        type("Rogue", (mixed, LaneStrategy), {})


def test_a_mixed_in_class_that_keeps_the_seal_from_being_set_is_caught_when_the_run_is_built(engine: Engine) -> None:
    class Silent:
        def __init_subclass__(cls) -> None:
            """Call nobody."""

        def submit_order(self, _order: Any) -> None:
            """Do what it likes."""

    engine.trade(FLAT * 3)
    with pytest.raises(TypeError, match="Rogue may not override __init_subclass__, submit_order"):
        engine.run(type("Rogue", (Silent, Actor), {}))


def test_a_handler_of_a_mixed_in_class_is_heard(engine: Engine) -> None:
    mixed = type("Mixed", (), {"on_bar": _boom})
    engine.trade(FLAT * 3)
    with pytest.raises(StrategyFailed, match=r"on_bar raised ValueError: boom"):
        engine.run(type("Trader", (mixed, Actor), {"cast": []}))


def test_a_mixed_in_handler_does_not_hide_a_handler_of_its_own(engine: Engine) -> None:
    mixed = type("Mixed", (), {"on_bar": _boom})
    parent = type("Parent", (mixed, Actor), {"on_bar": lambda self, bar: Actor.on_bar(self, bar)})
    engine.trade(FLAT * 3)
    assert engine.run(type("Trader", (parent,), {"cast": []})).actor.count == 3


def test_a_handler_may_call_the_one_it_overrides(engine: Engine) -> None:
    def start(self: Any) -> None:
        super(found, self).on_start()

    def on_bar(self: Any, bar: Any) -> None:
        super(found, self).on_bar(bar)

    found = acting(on_start=start, on_bar=on_bar)
    engine.trade(FLAT * 3)
    assert engine.run(found).actor.count == 3


def test_a_handler_may_not_be_assigned_where_nobody_listens(engine: Engine) -> None:
    engine.trade(FLAT * 3)
    with pytest.raises(StrategyFailed, match="on_bar may not be assigned, what it raises would go unheard"):
        engine.run(acting({1: lambda actor, _bar: setattr(actor, "on_bar", _boom)}))


def test_other_attributes_may_be_assigned(engine: Engine) -> None:
    engine.trade(FLAT * 3)
    ran = engine.run(acting({1: lambda actor, _bar: setattr(actor, "stop_distance", 0.02)}))
    assert ran.actor.stop_distance == 0.02


_LATER = dt.datetime.fromtimestamp((MONDAY + 12 * MINUTE) // 1_000_000_000, dt.UTC)


class _Indicator:
    name = "broken"
    initialized = True

    def __init__(self, update: Callable[[Any], None]) -> None:
        self.handle_bar = self.handle_quote_tick = self.handle_trade_tick = update


@pytest.mark.parametrize(
    ("where", "call"),
    [
        ("timer", lambda actor, _bar: actor.clock.set_timer("t", dt.timedelta(minutes=1), callback=_boom)),
        ("timer", lambda actor, _bar: actor.clock.set_timer_ns("t", MINUTE, None, None, _boom)),
        ("timer", lambda actor, _bar: actor.clock.set_time_alert("t", _LATER, callback=_boom)),
        ("timer", lambda actor, _bar: actor.clock.set_time_alert_ns("t", MONDAY + 12 * MINUTE, _boom)),
        ("topic", lambda actor, _bar: (actor.subscribe_topic("t", _boom), actor.publish_message("t", 1))),
        ("indicator", lambda actor, bar: actor.register_indicator_for_bars(bar.bar_type, _Indicator(_boom))),
    ],
)
def test_what_a_callback_raises_fails_the_run(engine: Engine, where: str, call: Callable[[Any, Any], Any]) -> None:
    engine.trade(FLAT * 6)
    with pytest.raises(
        StrategyFailed, match=rf"Actor-000\.{where} raised ValueError: boom \(at 2025-01-06T00:[01].*\)\nTraceback"
    ):
        engine.run(acting({1: call}))


def test_a_timer_without_a_callback_calls_the_handler_and_that_is_heard_too(engine: Engine) -> None:
    engine.trade(FLAT * 6)
    call = {1: lambda actor, _bar: actor.clock.set_timer("t", dt.timedelta(minutes=1))}
    with pytest.raises(StrategyFailed, match=r"Actor-000\.on_time_event raised ValueError: boom"):
        engine.run(acting(call, on_time_event=_boom))


def test_callbacks_are_called_with_what_the_engine_gives(engine: Engine) -> None:
    seen: list[Any] = []
    indicator = _Indicator(lambda bar: seen.append(("bar", bar.ts_event)))

    def start(actor: Any, bar: Any) -> None:
        actor.clock.set_time_alert("alert", _LATER, callback=lambda event: seen.append((event.name, event.ts_event)))
        actor.register_indicator_for_bars(bar.bar_type, indicator)
        actor.subscribe_topic("topic", seen.append)
        actor.publish_message("topic", "heard")
        actor.unsubscribe_topic("topic", seen.append)
        actor.publish_message("topic", "unheard")

    engine.trade(FLAT * 3)
    engine.run(acting({1: start}))
    assert seen == [
        "heard",
        ("bar", MONDAY + 10 * MINUTE),
        ("alert", MONDAY + 12 * MINUTE),
        ("bar", MONDAY + 15 * MINUTE),
    ]


def test_the_clock_tells_the_time_and_its_timers(engine: Engine) -> None:
    seen: list[Any] = []

    def look(actor: Any, bar: Any) -> None:
        actor.clock.set_timer("t", dt.timedelta(days=1), callback=_boom)
        seen.append((actor.clock.timestamp_ns() - bar.ts_event, actor.clock.timer_names()))
        actor.clock.cancel_timer("t")

    engine.trade(FLAT * 3)
    engine.run(acting({2: look}))
    assert seen == [(0, ["t"])]


def test_an_indicator_of_the_engine_is_updated_by_the_engine(engine: Engine) -> None:
    average, seen = SimpleMovingAverage(2), []

    def look(actor: Any, _bar: Any) -> None:
        seen.append((average.value, actor.indicators_initialized()))

    engine.trade([(100, 101, 99, 100), (100, 102, 100, 102), (102, 104, 102, 104)])
    engine.run(acting({1: lambda actor, bar: actor.register_indicator_for_bars(bar.bar_type, average), 3: look}))
    assert seen == [(103.0, True)]


@pytest.mark.parametrize("kind", ["quote", "trade"])
def test_indicators_on_ticks_are_registered_by_instrument(engine: Engine, kind: str) -> None:
    def register(actor: Any, bar: Any) -> None:
        name = f"register_indicator_for_{kind}_ticks"
        getattr(actor, name)(bar.bar_type.instrument_id, _Indicator(_boom))
        getattr(actor, f"subscribe_{kind}s")(bar.bar_type.instrument_id)

    engine.trade(FLAT * 3)
    if kind == "trade":  # perpetuals have no trades in the feed
        assert engine.run(acting({1: register})).actor.count == 3
        return
    with pytest.raises(StrategyFailed, match=r"Actor-000\.indicator raised ValueError: boom"):
        engine.run(acting({1: register}))
