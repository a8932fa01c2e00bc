# file: tests/strategies/signals/testwallclock.py
from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies.signals.wallclock import WallClock, WallTime

MINUTE = 60_000_000_000
SECOND = 1_000_000_000
EPOCH = dt.date(1970, 1, 1)

# Lord Howe's summer time is half an hour, Kathmandu lies 5:45 from UTC, Phoenix has no summer time.
ZONES = [
    "UTC", "America/New_York", "America/Phoenix", "Europe/London", "Asia/Tokyo", "Asia/Kathmandu",
    "Australia/Lord_Howe",
]  # fmt: skip


def ns(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp()) * SECOND


def expected(ts: int, zone: str) -> WallTime:
    """Read the last second before `ts` on the wall and count one minute on."""
    seconds = (ts - 1) // SECOND
    local = dt.datetime.fromtimestamp(seconds, ZoneInfo(zone))
    return WallTime((local.date() - EPOCH).days, local.weekday(), local.hour * 60 + local.minute + 1)


@given(st.sampled_from(ZONES), st.lists(st.integers(ns("2000-01-01"), ns("2037-12-31")), max_size=30))
def test_it_reads_what_the_time_zone_data_say_in_any_order(zone: str, moments: list[int]) -> None:
    clock = WallClock(zone)
    for ts in moments:
        assert clock.closing(ts) == expected(ts, zone)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", ["2025-03-09", "2025-03-30", "2025-04-05", "2025-10-04", "2025-10-26", "2025-11-02"])
def test_minute_by_minute_across_a_change_of_the_clocks(zone: str, day: str) -> None:
    clock, start = WallClock(zone), ns(day)
    for minute in range(1440 + 60):
        assert clock.closing(start + minute * MINUTE) == expected(start + minute * MINUTE, zone)


@pytest.mark.parametrize(
    ("utc", "minute"),
    [
        ("2025-03-09T06:55", 115), ("2025-03-09T07:00", 120), ("2025-03-09T07:05", 185),
        ("2025-11-02T05:55", 115), ("2025-11-02T06:00", 120), ("2025-11-02T06:05", 65),
        ("2025-01-15T14:30", 570), ("2025-07-15T13:30", 570),
    ],
)  # fmt: skip
def test_a_bar_that_ends_as_the_clocks_change_still_belongs_to_the_time_before(utc: str, minute: int) -> None:
    assert WallClock("America/New_York").closing(ns(utc)).minute == minute


def test_midnight_is_the_last_minute_of_the_day_that_ends() -> None:
    clock = WallClock("Europe/London")
    monday = (dt.date(2025, 1, 6) - EPOCH).days
    assert clock.closing(ns("2025-01-07T00:00")) == WallTime(monday, 0, 1440)
    assert clock.closing(ns("2025-01-07T00:01")) == WallTime(monday + 1, 1, 1)
    assert clock.closing(ns("2025-01-05T12:00")) == WallTime(monday - 1, 6, 720)
