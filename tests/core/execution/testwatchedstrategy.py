# file: tests/core/execution/testwatchedstrategy.py
from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from nautilus_trader.indicators import SimpleMovingAverage

from tests.core.execution.arena import MINUTE, MONDAY, Arena, acting
from tradingbot.core.errors import StrategyFailed

_FLAT = [(100, 101, 99, 100)]
_LATER = dt.datetime.fromtimestamp((MONDAY + 12 * MINUTE) // 1_000_000_000, dt.UTC)


def _boom(*_args: Any) -> None:
    raise ValueError("boom")


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
def test_what_a_callback_raises_fails_the_run(arena: Arena, where: str, call: Callable[[Any, Any], Any]) -> None:
    arena.trade(_FLAT * 6)
    with pytest.raises(
        StrategyFailed, match=rf"Actor-000\.{where} raised ValueError: boom \(at 2025-01-06T00:[01].*\)\nTraceback"
    ):
        arena.run(acting({1: call}))


def test_a_timer_without_a_callback_calls_the_handler_and_that_is_heard_too(arena: Arena) -> None:
    arena.trade(_FLAT * 6)
    call = {1: lambda actor, _bar: actor.clock.set_timer("t", dt.timedelta(minutes=1))}
    with pytest.raises(StrategyFailed, match=r"Actor-000\.on_time_event raised ValueError: boom"):
        arena.run(acting(call, on_time_event=_boom))


def test_callbacks_are_called_with_what_the_engine_gives(arena: Arena) -> None:
    seen: list[Any] = []
    indicator = _Indicator(lambda bar: seen.append(("bar", bar.ts_event)))

    def start(actor: Any, bar: Any) -> None:
        actor.clock.set_time_alert("alert", _LATER, callback=lambda event: seen.append((event.name, event.ts_event)))
        actor.register_indicator_for_bars(bar.bar_type, indicator)
        actor.subscribe_topic("topic", seen.append)
        actor.publish_message("topic", "heard")
        actor.unsubscribe_topic("topic", seen.append)
        actor.publish_message("topic", "unheard")

    arena.trade(_FLAT * 3)
    arena.run(acting({1: start}))
    assert seen == [
        "heard",
        ("bar", MONDAY + 10 * MINUTE),
        ("alert", MONDAY + 12 * MINUTE),
        ("bar", MONDAY + 15 * MINUTE),
    ]


def test_the_clock_tells_the_time_and_its_timers(arena: Arena) -> None:
    seen: list[Any] = []

    def look(actor: Any, bar: Any) -> None:
        actor.clock.set_timer("t", dt.timedelta(days=1), callback=_boom)
        seen.append((actor.clock.timestamp_ns() - bar.ts_event, actor.clock.timer_names()))
        actor.clock.cancel_timer("t")

    arena.trade(_FLAT * 3)
    arena.run(acting({2: look}))
    assert seen == [(0, ["t"])]


def test_an_indicator_of_the_engine_is_updated_by_the_engine(arena: Arena) -> None:
    average, seen = SimpleMovingAverage(2), []

    def look(actor: Any, _bar: Any) -> None:
        seen.append((average.value, actor.indicators_initialized()))

    arena.trade([(100, 101, 99, 100), (100, 102, 100, 102), (102, 104, 102, 104)])
    arena.run(acting({1: lambda actor, bar: actor.register_indicator_for_bars(bar.bar_type, average), 3: look}))
    assert seen == [(103.0, True)]


@pytest.mark.parametrize("kind", ["quote", "trade"])
def test_indicators_on_ticks_are_registered_by_instrument(arena: Arena, kind: str) -> None:
    def register(actor: Any, bar: Any) -> None:
        name = f"register_indicator_for_{kind}_ticks"
        getattr(actor, name)(bar.bar_type.instrument_id, _Indicator(_boom))
        getattr(actor, f"subscribe_{kind}s")(bar.bar_type.instrument_id)

    arena.trade(_FLAT * 3)
    if kind == "trade":  # perpetuals have no trades in the feed
        assert arena.run(acting({1: register})).actor.count == 3
        return
    with pytest.raises(StrategyFailed, match=r"Actor-000\.indicator raised ValueError: boom"):
        arena.run(acting({1: register}))
