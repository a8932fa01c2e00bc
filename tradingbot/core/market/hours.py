# file: core/market/hours.py
"""The opening hours of forex and US equities as UTC stretches, with New York's clock changes and holidays in them."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import NamedTuple

import numpy as np

from tradingbot.core.market.arrays import Ints
from tradingbot.core.market.holidays import early_closes, holidays
from tradingbot.core.market.zones import zone_offsets

__all__ = ["Stretches", "forex_due", "forex_hours", "offsets", "usequity_hours"]

_FIRST, _LAST = 1990, 2069
_MINUTE = 60_000_000_000
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_NEW_YORK = "America/New_York"


class Stretches(NamedTuple):
    """Stretches of time: UTC nanoseconds of their openings and closings, ascending and apart."""

    opens: Ints
    closes: Ints


@cache
def forex_hours() -> Stretches:
    """Return the forex weeks: Sunday 17:00 to Friday 17:00 in New York."""
    days, weekdays = _calendar()
    sundays, fridays = days[weekdays == 6][:-1], days[weekdays == 4]
    fridays = fridays[fridays > sundays[0]][: len(sundays)]
    return Stretches(_utc(sundays, 17 * _HOUR), _utc(fridays, 17 * _HOUR))


@cache
def forex_due() -> Stretches:
    """Return the forex days in which every venue quotes: 17:15 to 17:00 the next day, without Christmas and New Year.

    17:00 to 17:15 in New York is IDEALPRO's daily break; other venues quote through it.
    """
    days, weekdays = _calendar()
    dates = days.astype("datetime64[D]").astype(object)
    closed = np.array([(day.month, day.day) in {(12, 25), (1, 1)} for day in dates])
    kept = days[(weekdays < 5) & ~closed]
    return Stretches(_utc(kept - 1, 17 * _HOUR + 15 * _MINUTE), _utc(kept, 17 * _HOUR))


@cache
def usequity_hours() -> Stretches:
    """Return the New York Stock Exchange's sessions: 09:30 to 16:00, to 13:00 on half days."""
    days, weekdays = _calendar()
    years = range(_FIRST, _LAST + 1)
    closed = _numbers({day for year in years for day in holidays(year)})
    short = _numbers({day for year in years for day in early_closes(year)})
    kept = days[(weekdays < 5) & ~np.isin(days, closed)]
    ends = np.where(np.isin(kept, short), 13 * _HOUR, 16 * _HOUR)
    return Stretches(_utc(kept, 9 * _HOUR + 30 * _MINUTE), _utc(kept, ends))


def offsets(ts: Ints) -> Ints:
    """Return what to add to each UTC stamp to read New York's clock, in nanoseconds."""
    return zone_offsets(ts, _NEW_YORK)


@cache
def _calendar() -> tuple[Ints, Ints]:
    days = np.arange(
        np.datetime64(f"{_FIRST}-01-01", "D"), np.datetime64(f"{_LAST + 1}-01-01", "D"), dtype="datetime64[D]"
    ).astype(np.int64)
    return days, (days + 3) % 7


def _utc(days: Ints, clock: int | Ints) -> Ints:
    # Clocks change at 02:00 on a Sunday, so noon has the offset of every time of day used here.
    return days * _DAY + clock - offsets(days * _DAY + 17 * _HOUR)


def _numbers(days: set[date]) -> Ints:
    return np.array(sorted(days), "datetime64[D]").astype(np.int64)
