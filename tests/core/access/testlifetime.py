# file: tests/core/access/testlifetime.py
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.access.lifetime import DAY, IDLE, SESSION, SETUP, TOUCH, fresh

MINUTE = 60 * 1_000_000_000
times = st.integers(0, 2**62)
lives = st.sampled_from([IDLE, SESSION, SETUP, 90 * DAY])


def test_the_lives_are_twelve_hours_two_hours_a_day_and_a_minute() -> None:
    assert (SESSION, IDLE, SETUP, TOUCH) == (720 * MINUTE, 120 * MINUTE, 1440 * MINUTE, MINUTE)


@given(times, lives, st.integers(0, 2**62))
def test_what_began_is_good_until_its_end_and_never_after(since: int, lasts: int, later: int) -> None:
    assert fresh(since + later, since, lasts) is (later < lasts)


@given(times, lives, st.integers(1, 2**62))
def test_a_clock_that_is_set_back_by_more_than_a_minute_ends_it(since: int, lasts: int, back: int) -> None:
    assert fresh(since - back, since, lasts) is (back <= MINUTE)
