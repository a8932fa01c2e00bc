# file: tests/core/runtime/livefeed/testvenueclock.py
from __future__ import annotations

import time

import pytest

from tradingbot.core.runtime.livefeed.venueclock import VenueClock
from tradingbot.core.time import SECOND


def test_time_goes_on_from_what_the_server_said_last() -> None:
    clock = VenueClock()
    assert clock.now(5.0) == 0
    clock.said(100 * SECOND, 5.0)
    assert clock.now(7.5) == 102_500_000_000
    clock.said(103 * SECOND, 8.0)
    assert clock.now(8.0) == 103 * SECOND


@pytest.mark.parametrize(("per_second", "speed"), [(60.0, 60.0), (1.1, 1.0), (0.0, 1.0), (-3.0, 1.0)])
def test_only_a_venue_that_is_clearly_faster_is(per_second: float, speed: float) -> None:
    clock = VenueClock()
    for second in range(4):
        clock.said(1_000 * SECOND + int(second * per_second * SECOND), float(second))
    assert clock.speed == pytest.approx(speed)
    assert clock.now(4.0) == 1_000 * SECOND + int(3 * per_second * SECOND) + int(speed * SECOND)


def test_skew_is_the_servers_time_less_ours() -> None:
    clock = VenueClock()
    clock.said(time.time_ns() + 8 * SECOND, 1.0)
    assert 7 * SECOND < clock.skew <= 8 * SECOND
