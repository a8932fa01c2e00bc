# file: tests/core/market/calendars/testsessions.py
from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradingbot.core.errors import ConfigError
from tradingbot.core.market.calendars.hours import early_closes, holidays
from tradingbot.core.market.calendars.sessions import CONTINUOUS, FOREX, USEQUITY, Session, session
from tradingbot.core.time import DAY, HOUR, MINUTE

NEW_YORK = ZoneInfo("America/New_York")


def stamp(text: str, zone: ZoneInfo = NEW_YORK) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) * 1_000_000_000


def local(ts: int) -> datetime:
    return datetime.fromtimestamp(ts // 1_000_000_000, UTC).astimezone(NEW_YORK)


def clock(at: datetime) -> float:
    return at.hour + at.minute / 60 + at.second / 3600


def slow_forex(ts: int) -> bool:
    at = local(ts)
    day, hour = at.weekday(), clock(at)
    return day < 4 or (day == 4 and hour <= 17) or (day == 6 and hour >= 17)


def slow_usequity(ts: int) -> bool:
    at = local(ts)
    if at.weekday() >= 5 or at.date() in holidays(at.year):
        return False
    return 9.5 <= clock(at) <= (13 if at.date() in early_closes(at.year) else 16)


@pytest.mark.parametrize(("market", "slow"), [(FOREX, slow_forex), (USEQUITY, slow_usequity)])
@settings(max_examples=25, deadline=None)
@given(start=st.integers(stamp("1995-01-01T00:00") // (5 * MINUTE), stamp("2040-01-01T00:00") // (5 * MINUTE)))
def test_open_agrees_with_the_clock_on_the_wall(market: Session, slow: object, start: int) -> None:
    ts = (start + np.arange(0, 3000, 7, dtype=np.int64)) * 5 * MINUTE
    assert callable(slow)
    assert market.is_open(ts).tolist() == [slow(int(each)) for each in ts]


@pytest.mark.parametrize("week", ["2025-03-05T00:00", "2025-10-29T00:00", "2006-10-25T00:00", "2007-03-07T00:00"])
def test_open_is_right_over_a_clock_change(week: str) -> None:
    ts = stamp(week) + np.arange(0, 10 * 288, dtype=np.int64) * 5 * MINUTE
    assert FOREX.is_open(ts).tolist() == [slow_forex(int(each)) for each in ts]
    assert USEQUITY.is_open(ts).tolist() == [slow_usequity(int(each)) for each in ts]


def test_a_bar_counts_by_what_it_covers_and_a_quote_by_its_moment() -> None:
    ts = np.array([stamp(f"2026-08-21T{clock}") for clock in ("09:30", "09:35", "10:00", "16:00", "16:05", "16:30")])
    assert USEQUITY.is_open(ts).tolist() == [True, True, True, True, False, False]
    assert USEQUITY.is_open(ts, 5 * MINUTE).tolist() == [False, True, True, True, False, False]
    assert USEQUITY.is_open(ts, HOUR).tolist() == [False, True, True, True, True, True]


def test_continuous_is_always_open_and_nothing_with_hours_outside_the_known_years() -> None:
    assert CONTINUOUS.is_open(np.array([0, stamp("2026-08-22T03:00")])).all()
    ts = np.array([0, stamp("1989-06-05T12:00"), stamp("2075-06-05T12:00")])
    assert not FOREX.is_open(ts).any()
    assert not USEQUITY.is_open(ts).any()


def slow_missing(market: Session, prev: int, ts: int, step: int) -> int:
    stamps = range(prev + step, ts, step)
    if market is CONTINUOUS:
        return len(stamps)
    return sum(_due(market, each - step, each) for each in stamps)


def _due(market: Session, start: int, end: int) -> bool:
    if market is USEQUITY:
        one_day = local(start).date() == local(end).date()
        return one_day and slow_usequity(start) and slow_usequity(end)
    day = (local(end) + timedelta(hours=7)).date() if clock(local(end)) > 17 else local(end).date()
    opens = stamp(f"{day - timedelta(days=1)}T17:15")
    closes = stamp(f"{day}T17:00")
    kept = day.weekday() < 5 and (day.month, day.day) not in {(12, 25), (1, 1)}
    return kept and start >= opens and end <= closes


@pytest.mark.parametrize("market", [CONTINUOUS, FOREX, USEQUITY])
@settings(max_examples=40, deadline=None)
@given(
    start=st.integers(stamp("2018-01-01T00:00") // (5 * MINUTE), stamp("2026-12-01T00:00") // (5 * MINUTE)),
    steps=st.lists(st.integers(1, 2500), min_size=1, max_size=4),
    minutes=st.sampled_from([5, 15, 60, 240]),
)
def test_missing_bars_agree_with_a_walk_over_every_stamp(
    market: Session, start: int, steps: list[int], minutes: int
) -> None:
    step = minutes * MINUTE
    spacing = np.array([0, *steps], np.int64) * 5 * MINUTE
    ts = start * 5 * MINUTE + np.cumsum(spacing)
    expected = [slow_missing(market, int(a), int(b), step) for a, b in pairwise(ts)]
    assert market.open_between(ts[:-1], ts[1:], step).tolist() == expected


def test_missing_are_trading_days_and_no_weekend_break_christmas_or_pair_out_of_order() -> None:
    daily = np.array([stamp("2026-08-20T00:00", ZoneInfo("UTC")), stamp("2026-08-26T00:00", ZoneInfo("UTC"))])
    assert FOREX.open_between(daily[:1], daily[1:], DAY).tolist() == [3]
    assert USEQUITY.open_between(daily[:1], daily[1:], DAY).tolist() == [3]
    assert CONTINUOUS.open_between(daily[:1], daily[1:], DAY).tolist() == [5]
    step = 5 * MINUTE
    for prev, ts in [
        ("2026-08-21T17:00", "2026-08-23T17:05"),
        ("2026-08-19T17:00", "2026-08-19T17:20"),
        ("2025-12-24T17:00", "2025-12-25T17:20"),
    ]:
        assert FOREX.open_between(np.array([stamp(prev)]), np.array([stamp(ts)]), step).tolist() == [0]
    back = np.array([stamp("2026-08-19T12:00"), stamp("2026-08-19T11:00"), stamp("2026-08-19T11:00")])
    assert FOREX.open_between(back[:-1], back[1:], step).tolist() == [0, 0]


def test_the_forex_day_ends_at_five_in_new_york_and_the_crypto_day_at_midnight() -> None:
    ts = np.array([stamp(f"2026-03-08T{hour}") for hour in ("16:55", "17:05")] + [stamp("2026-03-09T17:00")])
    days = FOREX.day(ts).tolist()
    assert [str(np.datetime64(day, "D")) for day in days] == ["2026-03-08", "2026-03-09", "2026-03-09"]
    midnight = stamp("2026-08-20T00:00", ZoneInfo("UTC"))
    days = CONTINUOUS.day(np.array([midnight, midnight + 1]))
    assert [str(np.datetime64(day, "D")) for day in days.tolist()] == ["2026-08-19", "2026-08-20"]


def test_the_last_close_knows_half_days_and_holidays() -> None:
    number = (date(2026, 11, 27) - date(1970, 1, 1)).days
    assert USEQUITY.last_close(number) == USEQUITY.last_close(number + 2) == stamp("2026-11-27T13:00")
    assert USEQUITY.last_close(number - 1) == stamp("2026-11-25T16:00")
    assert FOREX.last_close(number) == FOREX.last_close(number + 6) == stamp("2026-11-27T17:00")
    assert CONTINUOUS.last_close(number) == stamp("2026-11-28T00:00", ZoneInfo("UTC"))


def test_an_unknown_session_names_the_known_ones() -> None:
    assert session("forex") is FOREX
    with pytest.raises(ConfigError, match="session was 'tokyo', allowed are continuous, forex, usequity"):
        session("tokyo")
