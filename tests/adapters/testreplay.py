# file: tests/adapters/testreplay.py
from __future__ import annotations

import asyncio

import pytest

from adapters.replay import Pace, checked_speed
from tradingbot.core.errors import BadInput


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan")])
def test_a_speed_that_gets_nowhere_is_refused(speed: float) -> None:
    with pytest.raises(BadInput, match=f"--speed was {speed:g}, allowed is more than 0, or max"):
        checked_speed(speed)


def test_full_speed_and_real_time_are_allowed() -> None:
    assert checked_speed(None) is None
    assert checked_speed(1.0) == 1.0


def test_the_market_is_never_ahead_of_the_wall_and_full_speed_waits_for_nothing() -> None:
    async def walk(speed: float | None) -> float:
        loop = asyncio.get_running_loop()
        pace, began = Pace(speed), loop.time()
        for second in range(3):
            await pace.until(1_000_000_000 * second)
        return loop.time() - began

    assert asyncio.run(walk(100.0)) >= 0.02
    assert asyncio.run(walk(None)) >= 0
