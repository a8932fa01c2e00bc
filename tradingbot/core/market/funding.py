# file: core/market/funding.py
"""Funding of perpetuals: the settlement schedule, settlement prices, and the units of funding rates."""

from __future__ import annotations

import math
from enum import StrEnum

import numpy as np

from tradingbot.core.arrays import BoolArray, Floats, Ints
from tradingbot.core.market.columns import Funding, Marks
from tradingbot.core.time import HOUR, MINUTE, SECOND

DEFAULT_MINUTES = 480
"""The interval of most venues, where nothing else tells it."""

HIGHEST = 0.0014
"""A series whose median rate is beyond 0.14 % in eight hours is refused as a fraction. Over any 90 settlements of BTC,
ETH, SOL and BNB at Binance and Bybit from 2020 to 2026 the median was between 0.0017 % and 0.11 %: as percentages the
quietest lie above the limit, as fractions the wildest below it."""

LOWEST = 0.000_002
"""A series whose median rate is below 0.0002 % in eight hours was probably divided by 100 twice."""

ENOUGH = 21
"""Settlements (a week of eight hours) from which on the spacing of a series tells its interval well enough to scale by;
fewer are judged as if each were of eight hours."""

_INTERVALS = np.array([60, 120, 240, 480, 1440])
_AROUND = 3
_EIGHT_HOURS = 480
_YEAR = 525_600
_USUAL = 0.0001
_DECADES = 1.01


class RateUnit(StrEnum):
    """What the numbers of a funding file are."""

    FRACTION = "fraction"
    PERCENT = "percent"
    BPS = "bps"
    ANNUAL = "annual"
    ANNUAL_PERCENT = "annual-percent"


_PARTS = {
    RateUnit.FRACTION: 1,
    RateUnit.PERCENT: 100,
    RateUnit.BPS: 10_000,
    RateUnit.ANNUAL: 1,
    RateUnit.ANNUAL_PERCENT: 100,
}
_ANNUAL = (RateUnit.ANNUAL, RateUnit.ANNUAL_PERCENT)


def scheduled(ts: Ints) -> Ints:
    """Return the times at which settlements stamped `ts` were due, in nanoseconds.

    Sources publish a settlement some milliseconds or seconds off: it belongs to the full hour less than a minute away,
    else to the nearest minute. Stamps before 1970 name no time and stay as they are.
    """
    hour = (ts + HOUR // 2) // HOUR * HOUR
    due = np.where(np.abs(ts - hour) < MINUTE, hour, (ts + MINUTE // 2) // MINUTE * MINUTE)
    return np.where(ts > 0, due, ts)


def on_schedule(funding: Funding) -> Funding:
    """Return settlements, ascending in time, stamped when they were due; of several at one time the first."""
    ts, first = np.unique(scheduled(funding.ts), return_index=True)
    return Funding(ts, funding.rate[first], funding.interval[first])


def intervals_of(ts: Ints) -> Ints:
    """Return the interval that ends with each of the settlements due at `ts` (ascending, each once), in minutes.

    It is the time since the settlement before. A time longer than both the shortest of the three before it and the
    shortest of the three after it is a hole, and a time that is no interval of any venue tells nothing: there the
    intervals around it stand in, so that a change from 8 to 4 hours is followed and a missing settlement is not taken
    for one.
    """
    if len(ts) < 2:
        return np.full(len(ts), DEFAULT_MINUTES, np.int64)
    spaces = np.diff(ts) // MINUTE
    usual = _usual(spaces)
    known = (spaces <= usual) & np.isin(spaces, _INTERVALS)
    intervals = np.where(known, spaces, np.where(np.isin(usual, _INTERVALS), usual, DEFAULT_MINUTES))
    return np.concatenate([intervals[:1], intervals])


def missing_settlements(funding: Funding, longest: int, start: int, end: int) -> Ints:
    """Return the times in `start` < t <= `end` (UTC ns) at which a settlement was due that is not in `funding`.

    `funding` is as `on_schedule` returns it and may reach beyond the period. `longest` is the venue's usual interval in
    minutes, which it may shorten and never lengthens. Across a change of interval the longer one counts. Without any
    settlement they are due at the multiples of `longest` from 00:00 UTC.
    """
    if not len(funding):
        every = longest * MINUTE
        return np.arange(start // every + 1, end // every + 1, dtype=np.int64) * every
    ts = funding.ts
    # The interval is the shortest that spacing, file and venue name.
    named = np.where(funding.interval > 0, funding.interval, longest)
    steps = np.minimum(np.minimum(intervals_of(ts), named), longest) * MINUTE
    first, last = int(ts[0]), int(ts[-1])
    before = first - np.arange(max(0, (first - start - 1) // int(steps[0])), 0, -1, dtype=np.int64) * steps[0]
    after = last + np.arange(1, max(0, (end - last) // int(steps[-1])) + 1, dtype=np.int64) * steps[-1]
    wide = np.maximum(steps[:-1], steps[1:])
    counts = (np.diff(ts) - 1) // wide
    holes = [
        ts[row] + np.arange(1, counts[row] + 1, dtype=np.int64) * wide[row] for row in np.flatnonzero(counts).tolist()
    ]
    missing = np.concatenate([before, *holes, after])
    return missing[(missing > start) & (missing <= end)]


def fresh_marks(ts: Ints, due: Ints, oldest: int) -> tuple[Ints, BoolArray]:
    """Return the last of the marks stamped `ts` at or before each time of `due`, and whether it is fresh.

    That is when it is less than `oldest` nanoseconds old; the row means nothing where it is not.
    """
    at = np.searchsorted(ts, due, "right") - 1
    return at, np.asarray((at >= 0) & (due - _picked(ts, at) < oldest), np.bool_)


def settlement_prices(due: Ints, marks: Marks, closes: tuple[Ints, Floats], oldest: int) -> tuple[Floats, BoolArray]:
    """Return the price of each settlement due at `due`, and where it is a mark price.

    It is the fresh mark, or one that came within the second after; else the last of `closes` (times, prices), NaN
    before the first.
    """
    at, fresh = fresh_marks(marks.ts, due, oldest)
    late = ~fresh & (at + 1 < len(marks)) & (_picked(marks.ts, at + 1) - due < SECOND)
    last = np.searchsorted(closes[0], due, "right") - 1
    close = np.where(last >= 0, _picked(closes[1], last), np.nan)
    return np.where(fresh | late, _picked(marks.price, at + late), close), fresh | late


def as_fractions(rate: Floats, interval: Ints, unit: RateUnit) -> Floats:
    """Return rates of `unit` as fractions of notional an interval; `interval` is in minutes.

    Annual rates are divided evenly over 525,600 minutes.
    """
    fractions = rate / _PARTS[unit]
    return fractions * (interval / _YEAR) if unit in _ANNUAL else fractions


def per_eight_hours(funding: Funding) -> Floats:
    """Return the sizes of the rates that are not zero, on eight hours where there are `ENOUGH` to tell intervals."""
    known = np.isfinite(funding.rate) & (funding.rate != 0)
    sizes: Floats = np.abs(funding.rate[known])
    if len(funding) >= ENOUGH:
        sizes = sizes * _EIGHT_HOURS / np.maximum(funding.interval[known], 1)
    return sizes


def median_rate(funding: Funding) -> float:
    """Return the median size of the rates that are not zero, in eight hours; 0 without any."""
    sizes = per_eight_hours(funding)
    return float(np.median(sizes)) if len(sizes) else 0.0


def unlikely_zeros(rate: Floats) -> BoolArray:
    """Return which of the rates, in order of time, are zeros that no venue charged: holes somebody filled.

    Where more than half are zero that is each of them, else those of `ENOUGH` and more in a row.
    """
    zero = np.asarray(rate == 0, np.bool_)
    if 2 * zero.sum() > len(zero):
        return zero
    edges = np.flatnonzero(np.diff(zero, prepend=False, append=False))
    long = np.zeros(len(zero), np.bool_)
    for first, after in edges.reshape(-1, 2).tolist():
        long[first:after] = after - first >= ENOUGH
    return long


def likely_units(median: float, minutes: int) -> list[RateUnit]:
    """Return what rates of this `median` in eight hours, settled every so many `minutes`, probably are, nearest first.

    A unit is likely when its usual rate, 0.01 % in eight hours, is within a factor of ten.
    """
    away = {}
    for unit, parts in _PARTS.items():
        usual = _USUAL * parts * (_YEAR / minutes if unit in _ANNUAL else 1)
        away[unit] = abs(math.log10(median / usual))
    nearest = sorted((unit for unit in away if unit is not RateUnit.FRACTION), key=lambda unit: away[unit])
    return [unit for unit in nearest if unit is nearest[0] or away[unit] <= _DECADES]


def _picked[T: (Ints, Floats)](values: T, at: Ints) -> T:
    return values[np.clip(at, 0, len(values) - 1)] if len(values) else np.zeros(len(at), values.dtype)


def _usual(spaces: Ints) -> Ints:
    """Return the longer of the shortest spaces on both sides of each; at an end there may be one side alone.

    A space that ends the series goes on beyond the end when its neighbour is as long: there was no time for more.
    """
    far = np.iinfo(np.int64).max
    ends = [spaces[0] if (spaces[:2] == spaces[0]).sum() > 1 else far]
    ends += [spaces[-1] if (spaces[-2:] == spaces[-1]).sum() > 1 else far]
    padded = np.concatenate([np.full(_AROUND, ends[0]), spaces, np.full(_AROUND, ends[1])])
    windows = np.lib.stride_tricks.sliding_window_view(padded, _AROUND).min(axis=1)
    before, after = windows[: len(spaces)], windows[_AROUND + 1 :]
    longer = np.where((before < far) & (after < far), np.maximum(before, after), np.minimum(before, after))
    return np.where(longer == far, spaces, longer)
