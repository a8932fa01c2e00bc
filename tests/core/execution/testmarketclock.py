# file: tests/core/execution/testmarketclock.py
from __future__ import annotations

import pytest

from tradingbot.core.errors import RunFailed
from tradingbot.core.execution.marketclock import MarketClock


def test_it_stands_where_it_was_moved_to_and_never_goes_back() -> None:
    clock = MarketClock()
    clock.move(5)
    clock.move(5)
    assert clock.timestamp_ns() == 5
    with pytest.raises(RunFailed, match="the next event was at 4, allowed is 5 or later"):
        clock.move(4)


def test_alerts_ring_in_time_order_and_equal_ones_as_they_were_asked_for() -> None:
    clock = MarketClock()
    for name, ts in (("late", 30), ("first", 10), ("second", 10)):
        clock.set_time_alert_ns(name, ts, lambda _alert: None)
    found = []
    while (alert := clock.due(before=30)) is not None:
        found.append(alert.name)
    assert found == ["first", "second"]


def test_an_alert_rings_after_the_events_of_its_own_moment() -> None:
    clock = MarketClock()
    clock.set_time_alert_ns("mine", 10, lambda _alert: None)
    assert not clock.rings(before=10)
    assert clock.due(before=10) is None
    assert clock.rings(before=11)
    assert clock.due(before=11) is not None
    assert not clock.rings(before=11)


def test_what_is_past_rings_next_or_is_refused() -> None:
    clock = MarketClock()
    clock.move(100)
    clock.set_time_alert_ns("mine", 40, lambda _alert: None)
    alert = clock.due(before=101)
    assert alert is not None
    assert alert.ts == 100
    with pytest.raises(RunFailed, match="the alert mine was for 40, allowed is 100 or later"):
        clock.set_time_alert_ns("mine", 40, lambda _alert: None, allow_past=False)


def test_what_it_cannot_do_is_refused_by_name() -> None:
    with pytest.raises(RunFailed, match=r"clock\.set_timer was asked for"):
        MarketClock().set_timer("mine")
