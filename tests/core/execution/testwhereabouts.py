# file: tests/core/execution/testwhereabouts.py
from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.core.execution.arena import COIN, MONDAY, Arena, acting
from tradingbot.core.errors import StrategyFailed
from tradingbot.core.execution.tape import Strip, Tape
from tradingbot.core.execution.whereabouts import whereabouts

_FLAT = [(100, 101, 99, 100)]
_BAR = (
    rf"at 2025-01-06T00:15:00Z, on the bar {COIN}-5-MINUTE-LAST-EXTERNAL"
    r" \(open 100\.0, high 101\.0, low 99\.0, close 100\.0, volume 1000000\.000\)"
)


def _boom(*_args: Any) -> None:
    raise ValueError("boom")


def _failed(arena: Arena, found: Any) -> str:
    arena.trade(_FLAT * 8)
    with pytest.raises(StrategyFailed) as raised:
        arena.run(found)
    return str(raised.value).splitlines()[0]


@pytest.mark.parametrize("realism", ["exact", "fast"])
def test_an_exception_at_a_bar_tells_market_time_instrument_and_bar(arena: Arena, realism: str) -> None:
    arena.trade(_FLAT * 5)
    with pytest.raises(StrategyFailed, match=rf"^Actor-000\.on_bar raised ValueError: boom \({_BAR}\)\nTraceback"):
        arena.run(acting({3: _boom}), realism=realism)


def test_an_exception_at_a_fill_tells_what_was_filled_and_the_last_bar(arena: Arena) -> None:
    found = acting({1: lambda actor, _bar: actor.enter(95)}, on_order_filled=_boom)
    assert _failed(arena, found) == (
        "Actor-000.on_order_filled raised ValueError: boom "
        f"(at 2025-01-06T00:05:00.100Z, on OrderFilled of {COIN}, the last bar closed 2025-01-06T00:05:00Z at 100)"
    )


def test_an_exception_in_a_timer_or_at_the_start_tells_the_time(arena: Arena) -> None:
    def ask(actor: Any, _bar: Any) -> None:
        actor.clock.set_time_alert_ns("later", actor.clock.timestamp_ns() + 60_000_000_000, callback=_boom)

    assert _failed(arena, acting({2: ask})).startswith(
        "Actor-000.timer raised ValueError: boom (at 2025-01-06T00:11:00Z"
    )


def test_an_exception_in_a_topic_tells_the_message_and_its_instrument(arena: Arena) -> None:
    signal = SimpleNamespace(instrument=COIN, ts=1)

    def tell(actor: Any, _bar: Any) -> None:
        actor.subscribe_topic("mine", _boom)
        actor.publish_message("mine", signal)

    assert _failed(arena, acting({2: tell})) == (
        "Actor-000.topic raised ValueError: boom "
        f"(at 2025-01-06T00:10:00Z, on SimpleNamespace of {COIN}, the last bar closed 2025-01-06T00:10:00Z at 100)"
    )


def test_what_is_not_known_is_not_told() -> None:
    assert whereabouts(None) == ""
    assert whereabouts(object()) == ""
    assert whereabouts(SimpleNamespace(ts_event=MONDAY)) == "at 2025-01-06T00:00:00Z"
    assert whereabouts(SimpleNamespace(instrument="X.Y"), MONDAY, Tape()) == (
        "at 2025-01-06T00:00:00Z, on SimpleNamespace of X.Y"
    )


def test_the_last_bar_is_that_of_the_instrument_it_was_about() -> None:
    tape, one = Tape(), np.ones(1)
    closed, price = np.array([MONDAY]), one * 2.5
    tape.load({"X.Y": Strip(closed, closed - 1, one, price, one, one, price, price)})
    told = whereabouts(SimpleNamespace(instrument="X.Y"), MONDAY + 1_000_000_000, tape)
    assert told.endswith("the last bar closed 2025-01-06T00:00:00Z at 2.5")
