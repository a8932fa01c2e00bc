# file: tests/core/market/testfunding.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.market.columns import Funding, Marks
from tradingbot.core.market.funding import (
    RateUnit,
    likely_units,
    median_rate,
    missing_settlements,
    on_schedule,
    scheduled,
    settlement_prices,
    unlikely_zeros,
)
from tradingbot.core.time import SECOND

HOUR = 3_600 * SECOND


def funding(hours: list[int], published: int = 0) -> Funding:
    ts = np.array(hours, np.int64) * HOUR
    return Funding(ts, np.full(len(ts), 1e-4), np.full(len(ts), published, np.int64))


def missing(hours: list[int], start: int, end: int, published: int = 0, longest: int = 480) -> list[int]:
    found: list[int] = (
        missing_settlements(funding(hours, published), longest, start * HOUR, end * HOUR) // HOUR
    ).tolist()
    return found


@pytest.mark.parametrize(
    ("off", "due"),
    [(0, 0), (7_000_000, 0), (-2 * SECOND, 0), (59 * SECOND, 0), (-59 * SECOND, 0), (60 * SECOND, 60 * SECOND)],
)
def test_a_stamp_belongs_to_the_hour_less_than_a_minute_away(off: int, due: int) -> None:
    assert scheduled(np.array([8 * HOUR + off])).tolist() == [8 * HOUR + due]


def test_a_stamp_far_from_the_hour_belongs_to_the_nearest_minute_whose_first_settlement_stays() -> None:
    half = 8 * HOUR + 30 * 60 * SECOND
    assert scheduled(np.array([half + 7_000_000, half - 20 * SECOND])).tolist() == [half, half]
    twice = Funding(8 * HOUR + np.array([3, 9_000_000, 8 * HOUR]), np.array([0.1, 0.2, 0.3]), np.array([480, 480, 480]))
    found = on_schedule(twice)
    assert (found.ts.tolist(), found.rate.tolist()) == ([8 * HOUR, 16 * HOUR], [0.1, 0.3])


@pytest.mark.parametrize(
    ("hours", "start", "end", "absent"),
    [
        ([8, 16, 24], 0, 24, []),
        ([], 0, 25, [8, 16, 24]),  # none at all
        ([], 8, 16, [16]),  # the start itself was settled before the run
        ([24, 32], 0, 32, [8, 16]),  # begins late
        ([8, 16], 0, 40, [24, 32, 40]),  # ends early
        ([8, 16, 40, 48], 0, 48, [24, 32]),  # two in the middle: 24 h is no interval
        ([8, 16, 24, 28, 32, 36], 0, 36, []),  # from 8 to 4 hours
        ([8, 16, 24, 28, 36, 40], 0, 40, [32]),  # and one of 4 hours lost
        ([8, 16, 24, 25, 26, 27], 0, 27, []),  # from 8 hours to 1
        ([21, 22, 23, 24, 32, 40, 48], 20, 48, []),  # and back
        ([21, 22, 23, 26, 27, 28], 20, 28, [24, 25]),  # 3 h among hours is a hole
        ([24, 48, 72], 0, 72, [8, 16, 32, 40, 56, 64]),  # one a day of a contract that settles thrice
        ([200, 208], 0, 24, [8, 16, 24]),  # all of it after the run
        ([8, 16], 96, 112, [104, 112]),  # all of it before the run
    ],
)
def test_missing_settlements_are_those_due_by_the_spacing_around_them(
    hours: list[int], start: int, end: int, absent: list[int]
) -> None:
    assert missing(hours, start, end) == absent


def test_a_published_interval_says_more_than_spacing() -> None:
    assert missing([8, 16, 24], 0, 24, published=240) == [4, 12, 20]
    assert missing([60, 61, 62], 59, 62, longest=60) == []
    assert missing([64, 72], 63, 72, longest=60) == [65, 66, 67, 68, 69, 70, 71]


@given(st.sampled_from([1, 4, 8]), st.integers(12, 60), st.data())
def test_what_is_taken_out_of_a_schedule_is_what_is_missing(interval: int, count: int, data: st.DataObject) -> None:
    whole = [24 + interval * number for number in range(count)]
    # Three kept at both ends and two between holes: from less nobody can tell a hole from another interval.
    removed = sorted(data.draw(st.sets(st.integers(1, (count - 6) // 3), max_size=5)))
    absent = [whole[3 * place] for place in removed]
    kept = [hour for hour in whole if hour not in absent]
    assert missing(kept, 24 - interval, whole[-1]) == absent


@given(st.lists(st.tuples(st.sampled_from([1, 2, 4, 8]), st.integers(3, 9)), min_size=1, max_size=4))
def test_a_whole_schedule_lacks_nothing_however_often_its_interval_changes(stretches: list[tuple[int, int]]) -> None:
    hours = [24]
    for interval, count in stretches:
        # A venue goes on with the multiples of the new interval.
        first = (hours[-1] // interval + 1) * interval
        hours += [first + interval * number for number in range(count)]
    assert missing(hours, 23, hours[-1]) == []


def test_a_settlement_is_priced_at_a_mark_of_its_time_or_at_the_last_close_or_not_at_all() -> None:
    due = np.array([8, 16, 24, 32]) * HOUR
    # Marks: a minute before 08:00, 7 ms after 16:00, an hour before 24:00, none later.
    marks = Marks(np.array([8 * HOUR - 60 * SECOND, 16 * HOUR + 7_000_000, 23 * HOUR]), np.array([101.0, 102.0, 103.0]))
    closes = np.array([8, 16, 24, 31]) * HOUR, np.array([1.0, 2.0, 3.0, 4.0])
    price, marked = settlement_prices(due, marks, closes, HOUR)
    assert price.tolist() == [101.0, 102.0, 3.0, 4.0]
    assert marked.tolist() == [True, True, False, False]
    none = Marks(np.empty(0, np.int64), np.empty(0))
    price, marked = settlement_prices(np.array([HOUR]), none, (np.array([2 * HOUR]), np.array([1.0])), HOUR)
    assert np.isnan(price).all()
    assert not marked.any()


def rates(values: list[float], minutes: int) -> Funding:
    return Funding(np.arange(1, len(values) + 1) * HOUR, np.array(values), np.full(len(values), minutes))


def test_the_median_is_of_what_is_not_zero_and_in_eight_hours_where_enough_tell_the_interval() -> None:
    # Of 1, 2, 3 basis points on both sides, hourly: 2 an hour, 16 in eight.
    assert median_rate(rates([0.0001, -0.0002, 0.0003] * 7 + [0.0] * 9, 60)) == pytest.approx(0.0016)
    assert median_rate(rates([0.0] * 30, 480)) == 0.0
    assert median_rate(rates([0.001] * 20, 60)) == 0.001


def test_zeros_are_unlikely_where_they_are_most_rates_or_a_week_of_them() -> None:
    charged = [0.0001, 0.0, 0.0002] * 20
    assert not unlikely_zeros(np.array(charged)).any()
    assert unlikely_zeros(np.array([0.0, 0.0, 0.0001])).tolist() == [True, True, False]
    assert not unlikely_zeros(np.array([*charged, 0.0001, *[0.0] * 20, 0.0001])).any()
    filled = unlikely_zeros(np.array([*charged, 0.0001, *[0.0] * 21, 0.0001]))
    assert np.flatnonzero(filled).tolist() == list(range(61, 82))
    assert unlikely_zeros(np.array([])).tolist() == []


@pytest.mark.parametrize(
    ("median", "minutes", "units"),
    [
        (0.01, 480, [RateUnit.PERCENT]), (0.004, 60, [RateUnit.PERCENT]), (1.0, 480, [RateUnit.BPS, RateUnit.ANNUAL]),
        (0.11, 480, [RateUnit.ANNUAL, RateUnit.BPS]), (0.876, 60, [RateUnit.ANNUAL, RateUnit.BPS]),
        (10.95, 480, [RateUnit.ANNUAL_PERCENT]),
    ],
)  # fmt: skip
def test_units_are_guessed_by_the_usual_rate(median: float, minutes: int, units: list[RateUnit]) -> None:
    assert likely_units(median, minutes)[: len(units)] == units
