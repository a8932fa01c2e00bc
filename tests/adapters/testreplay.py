# file: tests/adapters/testreplay.py
from __future__ import annotations

import time

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


def test_a_row_is_due_by_what_has_passed_since_the_first_and_at_once_before_the_pace_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    second = 1_000_000_000
    pace = Pace(60.0, fast_until=5 * second)
    assert [pace.left(second * at) for at in (1, 5, 65)] == [0.0, 0.0, 0.0]
    assert pace.left(second * 125) == pytest.approx(1.0)
    assert pace.due == pytest.approx(101.0)
    now = 103.0
    assert pace.left(second * 125) == pytest.approx(-2.0)
    assert Pace(None).left(second * 10**6) == 0.0
