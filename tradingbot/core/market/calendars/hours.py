# file: core/market/calendars/hours.py
"""Trading hours and exchange holidays of forex and US equities as stretches of UTC."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import numpy as np

from tradingbot.core.arrays import Ints
from tradingbot.core.market.calendars.clocks import zone_offsets
from tradingbot.core.time import DAY, HOUR, MINUTE

_FIRST, _LAST = 1990, 2069
_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6
_ONE_DAY = timedelta(days=1)

# Mourning, attack and storm: no rule gives these.
_UNPLANNED = {
    1994: "04-27", 2001: "09-11 09-12 09-13 09-14", 2004: "06-11", 2007: "01-02", 2012: "10-29 10-30", 2018: "12-05",
    2025: "01-09",
}  # fmt: skip


class OpenIntervals(NamedTuple):
    """Stretches of time: UTC nanoseconds of their openings and closings, ascending and apart."""

    opens: Ints
    closes: Ints


def holidays(year: int) -> frozenset[date]:
    """Return the weekdays of `year` without a session.

    Source: NYSE rule 7.2. Martin Luther King Day since 1998, Juneteenth since 2022. A holiday on a Saturday is kept on
    the Friday before and one on a Sunday on the Monday after, but New Year's Day on a Saturday is not kept at all.
    """
    end_of_may = date(year, 5, 31)
    days = {
        _nth(year, 2, _MONDAY, 3),
        _easter(year) - 2 * _ONE_DAY,
        end_of_may - end_of_may.weekday() * _ONE_DAY,
        _observed(date(year, 7, 4)),
        _nth(year, 9, _MONDAY, 1),
        _nth(year, 11, _THURSDAY, 4),
        _observed(date(year, 12, 25)),
    }
    if date(year, 1, 1).weekday() != _SATURDAY:
        days.add(_observed(date(year, 1, 1)))
    if year >= 1998:
        days.add(_nth(year, 1, _MONDAY, 3))
    if year >= 2022:
        days.add(_observed(date(year, 6, 19)))
    return frozenset(days | {date.fromisoformat(f"{year}-{day}") for day in _UNPLANNED.get(year, "").split()})


def early_closes(year: int) -> frozenset[date]:
    """Return the days of `year` that end at 13:00: 3 July, the day after Thanksgiving and 24 December.

    3 July and 24 December only from Monday to Thursday: on a Friday they are the holiday itself, kept early.
    """
    eves = {day for day in (date(year, 7, 3), date(year, 12, 24)) if day.weekday() <= _THURSDAY}
    return frozenset(eves | {_nth(year, 11, _THURSDAY, 4) + _ONE_DAY})


@cache
def forex_hours() -> OpenIntervals:
    """Return the forex weeks: Sunday 17:00 to Friday 17:00 in New York."""
    days, weekdays = _calendar()
    sundays, fridays = days[weekdays == 6][:-1], days[weekdays == 4]
    fridays = fridays[fridays > sundays[0]][: len(sundays)]
    return OpenIntervals(_utc(sundays, 17 * HOUR), _utc(fridays, 17 * HOUR))


@cache
def forex_due() -> OpenIntervals:
    """Return the forex days in which every venue quotes: 17:15 to 17:00 the next day, without Christmas and New Year.

    17:00 to 17:15 in New York is IDEALPRO's daily break; other venues quote through it.
    """
    days, weekdays = _calendar()
    dates = days.astype("datetime64[D]").astype(object)
    closed = np.array([(day.month, day.day) in {(12, 25), (1, 1)} for day in dates])
    kept = days[(weekdays < 5) & ~closed]
    return OpenIntervals(_utc(kept - 1, 17 * HOUR + 15 * MINUTE), _utc(kept, 17 * HOUR))


@cache
def usequity_hours() -> OpenIntervals:
    """Return the New York Stock Exchange's sessions: 09:30 to 16:00, to 13:00 on half days."""
    days, weekdays = _calendar()
    years = range(_FIRST, _LAST + 1)
    closed = _numbers(day for year in years for day in holidays(year))
    short = _numbers(day for year in years for day in early_closes(year))
    kept = days[(weekdays < 5) & ~np.isin(days, closed)]
    ends = np.where(np.isin(kept, short), 13 * HOUR, 16 * HOUR)
    return OpenIntervals(_utc(kept, 9 * HOUR + 30 * MINUTE), _utc(kept, ends))


def offsets(ts: Ints) -> Ints:
    """Return what to add to each UTC stamp to read New York's clock, in nanoseconds."""
    return zone_offsets(ts, "America/New_York")


def _observed(day: date) -> date:
    return day + {_SATURDAY: -1, _SUNDAY: 1}.get(day.weekday(), 0) * _ONE_DAY


def _nth(year: int, month: int, weekday: int, count: int) -> date:
    first = date(year, month, 1)
    return first + ((weekday - first.weekday()) % 7 + 7 * (count - 1)) * _ONE_DAY


def _easter(year: int) -> date:
    # The anonymous Gregorian computus (Nature, 20 April 1876), in its published letters.
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    j = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * j) // 451
    month, day = divmod(h + j - 7 * m + 114, 31)
    return date(year, month, day + 1)


@cache
def _calendar() -> tuple[Ints, Ints]:
    days = np.arange(f"{_FIRST}-01-01", f"{_LAST + 1}-01-01", dtype="datetime64[D]").astype(np.int64)
    return days, (days + 3) % 7


def _utc(days: Ints, clock: int | Ints) -> Ints:
    # Clocks change at 02:00 on a Sunday, so noon has the offset of every time of day used here.
    return days * DAY + clock - offsets(days * DAY + 17 * HOUR)


def _numbers(days: Iterable[date]) -> Ints:
    return np.array(sorted(days), "datetime64[D]").astype(np.int64)
