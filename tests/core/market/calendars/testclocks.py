# file: tests/core/market/calendars/testclocks.py
from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradingbot.core.arrays import Ints
from tradingbot.core.errors import BadInput
from tradingbot.core.market.calendars.clocks import (
    LAST_TIME,
    Doubt,
    doubts,
    mark_doubtful,
    parse_clock,
    suspected_times,
    zone_offsets,
    zone_transitions,
)
from tradingbot.core.market.checks.order import FIRST_TIME, is_absurd
from tradingbot.core.market.importers.timestamps import NO_TIME
from tradingbot.core.time import HOUR


@settings(max_examples=50)
@given(
    second=st.integers(631_152_000, 4_000_000_000),
    zone=st.sampled_from(
        ["America/New_York", "Europe/Moscow", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Tokyo"]
    ),
)
def test_offsets_are_the_library_s(second: int, zone: str) -> None:
    there = datetime.fromtimestamp(second, ZoneInfo(zone)).utcoffset()
    assert there is not None
    assert zone_offsets(np.array([second * 10**9]), zone).tolist() == [int(there.total_seconds()) * 10**9]


def test_changes_are_known_to_the_second_and_an_unknown_zone_is_an_error() -> None:
    at, _ = zone_transitions("America/New_York")
    assert int(np.datetime64("2025-03-09T07:00", "ns").astype(np.int64)) in at.tolist()
    assert int(np.datetime64("2025-11-02T06:00", "ns").astype(np.int64)) in at.tolist()
    with pytest.raises(KeyError):
        zone_transitions("Mars/Olympus")


ZONES = ["Europe/Athens", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"]


def ns(*texts: str) -> Ints:
    return np.array(texts, "datetime64[ns]").astype(np.int64)


@settings(max_examples=30)
@given(seconds=st.lists(st.integers(631_152_000, 4_000_000_000), min_size=1, max_size=20), zone=st.sampled_from(ZONES))
def test_walls_agree_with_the_library(seconds: list[int], zone: str) -> None:
    walls = [datetime.fromtimestamp(second, UTC).replace(tzinfo=ZoneInfo(zone)) for second in seconds]
    expected = [int(wall.timestamp()) * 10**9 for wall in walls]
    later = [int(wall.replace(fold=1).timestamp()) * 10**9 for wall in walls]
    found = parse_clock(zone).utc(np.array(seconds, np.int64) * 10**9)
    assert found.first.tolist() == expected
    assert [first + max(again, 0) for first, again in zip(*found, strict=True)] == list(map(max, expected, later))


@settings(max_examples=30)
@given(
    seconds=st.lists(st.integers(700_000_000, 4_000_000_000), min_size=1, max_size=20),
    clock=st.sampled_from([*ZONES, "America/New_York+7h", "Europe/Berlin-1h30m", "UTC+2"]),
)
def test_what_a_clock_shows_means_the_instant_it_shows_it_at(seconds: list[int], clock: str) -> None:
    ts = np.array(seconds, np.int64) * 10**9
    known = parse_clock(clock)
    first, again = known.utc(known.wall(ts))
    assert (again >= 0).all()
    assert ((ts == first) | (ts == first + again)).all()


@pytest.mark.parametrize(
    ("tz", "hours"),
    [
        ("+03:00", 3), ("-05:00", -5), ("UTC+2", 2), ("GMT-4", -4), ("+0530", 5.5), ("UTC", 0), ("Z", 0), ("utc", 0),
        ("+5h30m", 5.5), ("UTC-3h", -3), ("Etc/GMT-2", 2), ("Etc/GMT+5", -5), ("Asia/Tokyo+1h30m", 10.5), (" +14 ", 14),
    ],
)  # fmt: skip
def test_offsets_are_taken_off(tz: str, hours: float) -> None:
    found = parse_clock(tz).utc(ns("2025-06-01T12:00"))
    assert found.first.tolist() == [int(ns("2025-06-01T12:00")[0] - hours * HOUR)]
    assert found.again.tolist() == [0]


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        ("2025-01-15T00:00", "2025-01-14T22:00"),  # winter everywhere: 17:00 in New York
        ("2025-03-17T00:00", "2025-03-16T21:00"),  # New York's summer, not yet Athens'
        ("2025-07-15T00:00", "2025-07-14T21:00"),
        ("2025-10-29T00:00", "2025-10-28T21:00"),  # Athens' winter, not yet New York's
        ("2025-11-05T00:00", "2025-11-04T22:00"),
    ],
)
def test_midnight_of_a_broker_whose_days_end_with_new_york_s_is_five_in_the_afternoon_there(
    wall: str, utc: str
) -> None:
    assert parse_clock("America/New_York+7h").utc(ns(wall)).first.tolist() == ns(utc).tolist()
    assert parse_clock("America/New_York + 7h00m").wall(ns(utc)).tolist() == ns(wall).tolist()


def test_hours_that_come_twice_or_never_are_marked() -> None:
    berlin = parse_clock("Europe/Berlin")
    found = berlin.utc(ns("2025-10-26T01:59", "2025-10-26T02:00", "2025-10-26T02:59", "2025-10-26T03:00"))
    meant = ns("2025-10-25T23:59", "2025-10-26T00:00", "2025-10-26T00:59", "2025-10-26T02:00")
    assert found.first.tolist() == meant.tolist()
    assert found.again.tolist() == [0, HOUR, HOUR, 0]
    spring = berlin.utc(ns("2025-03-30T01:59", "2025-03-30T02:00", "2025-03-30T03:00"))
    assert (spring.again < 0).tolist() == [False, True, False]


def test_absurd_times_are_left_alone() -> None:
    odd = np.array([NO_TIME, -1, 2**62], np.int64)
    assert parse_clock("Europe/Athens").utc(odd).first.tolist() == odd.tolist()


@pytest.mark.parametrize(
    "tz",
    ["Mars/Olympus", "", "25", "../etc", "America", "+25:00", "+02:60", "UTC+15", "America/New_York+7", "EST+5",
     "America/New_York+15h", "America/New_York+7h60m", "+7h+2h"],
)  # fmt: skip
def test_an_unknown_clock_is_refused_with_every_form_that_is_allowed(tz: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_clock(tz)
    assert str(refused.value) == (
        f"time zone was {tz!r}, allowed is a zone such as Europe/Athens, an offset from UTC of at most 14 hours such as"
        " +03:00 or UTC+2, or a zone with a shift such as America/New_York+7h"
    )


_TIMES = st.lists(st.tuples(st.integers(FIRST_TIME, LAST_TIME), st.sampled_from(list(Doubt))), min_size=1, max_size=20)


@given(_TIMES)
def test_a_doubtful_row_is_absurd_to_all_and_remembers_what_it_might_have_been(rows: list[tuple[int, Doubt]]) -> None:
    ts, doubt = np.array([ts for ts, _ in rows]), np.array([int(doubt) for _, doubt in rows])
    hidden = mark_doubtful(ts, doubt)
    assert doubts(hidden).tolist() == doubt.tolist()
    assert (is_absurd(hidden)[ts < LAST_TIME] == (doubt != Doubt.NONE)[ts < LAST_TIME]).all()
    assert (np.abs(suspected_times(hidden) - ts) < 1_000).all()


def test_no_real_stamp_and_no_absent_one_is_a_doubt() -> None:
    odd = np.array([NO_TIME, NO_TIME + 3_600_000_000_000, -1, 0, FIRST_TIME, LAST_TIME, np.iinfo(np.int64).max])
    assert not doubts(odd).any()
