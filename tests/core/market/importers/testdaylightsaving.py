# file: tests/core/market/importers/testdaylightsaving.py
"""The hour that comes twice: what the order of rows tells, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.market.rowsfixture import ns
from tradingbot.core.arrays import Ints
from tradingbot.core.market.calendars.clocks import Doubt, parse_clock, zone_transitions
from tradingbot.core.market.importers.daylightsaving import AmbiguousHours
from tradingbot.core.time import DAY, HOUR, MINUTE

CLOCKS = ["Europe/Berlin", "America/New_York+7h", "Australia/Lord_Howe", "America/Havana", "Africa/Casablanca", "UTC+2"]


def resolved(
    wall: Ints, clock: str, usual: int, slack: int = 0, backwards: bool = False, cuts: tuple[int, ...] = ()
) -> tuple[Ints, Ints]:
    """Return the instants and doubts of readings that come in batches cut at `cuts`."""
    edges = [0, *sorted(min(cut, len(wall)) for cut in cuts), len(wall)]

    def batches() -> Iterator[pa.RecordBatch]:
        for start, end in pairwise(edges):
            yield pa.RecordBatch.from_arrays([pa.array(wall[start:end])], names=["wall"])

    passes = AmbiguousHours(parse_clock(clock), usual, slack, backwards)
    found = list(passes.over(batches(), lambda batch: batch.column("wall").to_numpy()))
    assert np.concatenate([batch.column("wall").to_numpy() for batch, _, _ in found]).tolist() == wall.tolist()
    return np.concatenate([ts for _, ts, _ in found]), np.concatenate([doubt for _, _, doubt in found])


def setbacks(clock: str) -> list[int]:
    """Return when the clock's hour begins for the second time, of the years from 2001 to 2037."""
    zone = parse_clock(clock).zone
    if zone is None:
        return [ns("2025-10-26T01:00")]
    at, offset = zone_transitions(zone)
    back = at[1:][np.diff(offset) < 0]
    return [int(ts) for ts in back if ns("2001-01-01") < ts < ns("2037-12-31")]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_an_ascending_series_without_holes_is_recovered_exactly(data: st.DataObject) -> None:
    clock = data.draw(st.sampled_from(CLOCKS))
    second = data.draw(st.sampled_from(setbacks(clock)))
    step = data.draw(st.sampled_from([1, 5, 15, 30, 60, 120, 240])) * MINUTE
    before, after = data.draw(st.integers(0, 40)), data.draw(st.integers(3, 40))
    reach = 2 * HOUR // step + 2
    ts = second // step * step + step * np.arange(-before - reach, after + reach)
    backwards = data.draw(st.booleans())
    ts = ts[::-1] if backwards else ts
    cuts = tuple(data.draw(st.lists(st.integers(0, len(ts)), max_size=4)))
    found, doubt = resolved(parse_clock(clock).wall(ts), clock, step, backwards=backwards, cuts=cuts)
    assert not doubt.any()
    assert found.tolist() == ts.tolist()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_with_holes_every_row_is_exact_or_in_doubt(data: st.DataObject) -> None:
    """Rows are missing at random, but for the two around the hour: no row is ever filed an hour off."""
    clock = data.draw(st.sampled_from(CLOCKS))
    second = data.draw(st.sampled_from(setbacks(clock)))
    step = data.draw(st.sampled_from([1, 5, 15])) * MINUTE
    ts = second // step * step + step * np.arange(-3 * HOUR // step, 3 * HOUR // step)
    there = np.array(data.draw(st.lists(st.booleans(), min_size=len(ts), max_size=len(ts))))
    there[[0, -1]] = True
    ts = ts[there]
    backwards = data.draw(st.booleans())
    ts = ts[::-1] if backwards else ts
    found, doubt = resolved(parse_clock(clock).wall(ts), clock, step, backwards=backwards)
    assert (found == ts)[doubt == Doubt.NONE].all()
    assert not (doubt == Doubt.NEVER).any()


BERLIN = ns("2025-10-26T00:00")
"""02:00 daylight time; an hour later it is 02:00 again."""


def berlin(*minutes: int) -> Ints:
    """Return instants, in minutes from the first 02:00."""
    return BERLIN + MINUTE * np.array(minutes, np.int64)


TOLD = {
    "hourly bars": (berlin(-60, 0, 60, 120), 60),
    "a gap in each pass": (berlin(-5, 0, 5, 40, 45, 65, 70, 115, 120), 5),
    "the first pass ends early": (berlin(-5, 0, 5, 60, 65, 115, 120), 5),
    "begins in the first pass": (berlin(30, 45, 60, 75, 90, 105, 120, 135), 15),
    "begins in the second pass": (berlin(90, 105, 120, 135), 15),
    "begins with the second of hourly bars": (berlin(60, 120, 180), 60),
    "ends in the first pass": (berlin(-30, -15, 0, 15, 30), 15),
    "ends in the second pass": (berlin(-15, 0, 15, 30, 45, 60, 75), 15),
    "ends with the first of hourly bars": (berlin(-120, -60, 0), 60),
    "two-hourly bars of even hours": (berlin(-240, -120, 0, 120, 240), 120),
    "two-hourly bars of odd hours": (berlin(-180, -60, 60, 180), 120),
    "funding every eight hours": (berlin(-960, -480, 0, 480), 480),
    "inside the hour alone, both passes": (berlin(30, 45, 60, 75), 15),
}


@pytest.mark.parametrize("backwards", [False, True], ids=["oldest first", "newest first"])
@pytest.mark.parametrize("name", TOLD)
def test_order_and_distance_tell_the_passes_apart(name: str, backwards: bool) -> None:
    ts, minutes = TOLD[name]
    ts = ts[::-1] if backwards else ts
    wall = parse_clock("Europe/Berlin").wall(ts)
    for cuts in ((), tuple(range(len(ts)))):
        found, doubt = resolved(wall, "Europe/Berlin", minutes * MINUTE, backwards=backwards, cuts=cuts)
        assert not doubt.any()
        assert found.tolist() == ts.tolist()


UNTOLD = {
    "one pass is missing whichever it is": (berlin(-5, *range(0, 60, 5), 120), 5),
    "one of two hourly bars": (berlin(-60, 0, 120), 60),
    "a lone row in a long hole": (berlin(-300, 30, 300), 5),
    "inside the hour alone, one pass": (berlin(0, 5, 10), 5),
}


@pytest.mark.parametrize("name", UNTOLD)
def test_what_order_does_not_tell_is_in_doubt(name: str) -> None:
    ts, minutes = UNTOLD[name]
    wall = parse_clock("Europe/Berlin").wall(ts)
    _, doubt = resolved(wall, "Europe/Berlin", minutes * MINUTE)
    hour = (ts >= BERLIN) & (ts < BERLIN + 2 * HOUR)
    assert (doubt == np.where(hour, Doubt.TWICE, Doubt.NONE)).all()


def test_rows_that_go_back_twice_in_the_hour_are_in_doubt() -> None:
    wall = parse_clock("Europe/Berlin").wall(berlin(-5, 0, 10, 5, 60, 65, 120))
    assert resolved(wall, "Europe/Berlin", 5 * MINUTE)[1].tolist() == [0, 1, 1, 1, 1, 1, 0]


def test_ticks_may_come_a_little_late_within_a_pass() -> None:
    rng = np.random.default_rng(3)
    ts = BERLIN - HOUR + np.cumsum(rng.integers(1, 40, 100_000)) * 10_000_000
    late = ts.copy()
    late[1000::997] -= 300_000_000
    wall = parse_clock("Europe/Berlin").wall(late)
    found, doubt = resolved(wall, "Europe/Berlin", 10_000_000, slack=MINUTE, cuts=(20_000, 40_001, 77_777))
    assert ts[-1] > BERLIN + 2 * HOUR
    assert not doubt.any()
    assert found.tolist() == late.tolist()


def test_equal_stamps_of_ticks_stay_in_their_pass() -> None:
    ts = np.repeat(berlin(-1, 0, 20, 59, 60, 80, 119, 120), 3)
    found, doubt = resolved(parse_clock("Europe/Berlin").wall(ts), "Europe/Berlin", MINUTE, slack=MINUTE)
    assert not doubt.any()
    assert found.tolist() == ts.tolist()


def test_the_midnight_of_a_date_may_never_come_or_come_twice() -> None:
    wall = np.array([ns("2025-03-30T01:00"), ns("2025-03-30T02:00"), ns("2025-03-30T03:00")])
    assert resolved(wall, "Europe/Berlin", HOUR)[1].tolist() == [0, Doubt.NEVER, 0]
    dates = np.array([ns("2025-03-08"), ns("2025-03-09"), ns("2025-03-10")])  # Havana goes from 00:00 to 01:00
    found, doubt = resolved(dates, "America/Havana", DAY)
    assert not doubt.any()
    assert found.tolist() == [ns("2025-03-08T05:00"), ns("2025-03-09T05:00"), ns("2025-03-10T04:00")]
    dates = np.array([ns("2025-11-01"), ns("2025-11-02"), ns("2025-11-03")])
    found, doubt = resolved(dates, "America/Havana", DAY)
    assert not doubt.any()
    assert found.tolist() == [ns("2025-11-01T04:00"), ns("2025-11-02T04:00"), ns("2025-11-03T05:00")]


def test_a_time_that_is_absent_does_not_part_an_hour() -> None:
    ts = berlin(-15, 0, 15, 30, 45, 60, 75, 90, 105, 120)
    wall = parse_clock("Europe/Berlin").wall(ts)
    wall = np.insert(wall, 3, np.iinfo(np.int64).min // 2)
    found, doubt = resolved(wall, "Europe/Berlin", 15 * MINUTE)
    assert not doubt.any()
    assert np.delete(found, 3).tolist() == ts.tolist()
