# file: tests/adapters/testreplay.py
from __future__ import annotations

import pytest

from adapters.replay import checked_speed
from tradingbot.core.errors import BadInput


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan")])
def test_a_speed_that_gets_nowhere_is_refused(speed: float) -> None:
    with pytest.raises(BadInput, match=f"--speed was {speed:g}, allowed is more than 0, or max"):
        checked_speed(speed)


def test_full_speed_and_real_time_are_allowed() -> None:
    assert checked_speed(None) is None
    assert checked_speed(1.0) == 1.0
