# file: tests/core/runtime/testlisteners.py
from __future__ import annotations

from tradingbot.core.runtime.listeners import Listeners, RunClock


def test_listeners_are_called_in_the_order_they_joined_until_the_run_is_over() -> None:
    listeners, calls = Listeners(), list[tuple[str, object]]()
    listeners.fault.append(lambda sentence: calls.append(("first", sentence)))
    listeners.fault.append(lambda sentence: calls.append(("second", sentence)))
    listeners.bars.append(lambda bars: calls.append(("bars", bars)))
    listeners.fault("it broke")
    listeners.bars([("COIN", 5), ("OTHER", 5)])
    assert calls == [("first", "it broke"), ("second", "it broke"), ("bars", [("COIN", 5), ("OTHER", 5)])]
    listeners.clear()
    listeners.fault("it broke again")
    assert len(calls) == 3


def test_a_clock_tells_zero_then_what_it_follows_and_stands_still_in_the_end() -> None:
    clock, now = RunClock(), [7]
    assert clock.now() == 0
    clock.follow(lambda: now[0])
    assert clock.now() == 7
    clock.stop()
    now[0] = 9
    assert clock.now() == 7
