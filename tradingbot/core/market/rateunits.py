# file: core/market/rateunits.py
"""Units of funding rates, told apart by how large rates usually are in each."""

from __future__ import annotations

import math
from enum import StrEnum

import numpy as np

from tradingbot.core.market.arrays import Floats, Funding, Ints
from tradingbot.core.market.checking.tally import Mask

__all__ = [
    "ENOUGH",
    "HIGHEST",
    "LOWEST",
    "RateUnit",
    "as_fractions",
    "likely_units",
    "median_rate",
    "per_eight_hours",
    "unlikely_zeros",
]

HIGHEST = 0.0014
"""A series whose median rate is beyond 0.14 % in eight hours is refused as a fraction. Over any 90 settlements of BTC,
ETH, SOL and BNB at Binance and Bybit from 2020 to 2026 the median was between 0.0017 % and 0.11 %: as percentages the
quietest lie above the limit, as fractions the wildest below it."""

LOWEST = 0.000_002
"""A series whose median rate is below 0.0002 % in eight hours was probably divided by 100 twice."""

ENOUGH = 21
"""Settlements (a week of eight hours) from which on the spacing of a series tells its interval well enough to scale by;
fewer are judged as if each were of eight hours."""

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


def unlikely_zeros(rate: Floats) -> Mask:
    """Return which of the rates, in order of time, are zeros that no venue charged: holes somebody filled.

    Where more than half are zero that is each of them, else those of `ENOUGH` and more in a row.
    """
    zero = rate == 0
    if 2 * zero.sum() > len(zero):
        return np.asarray(zero, np.bool_)
    edges = np.flatnonzero(np.diff(zero, prepend=False, append=False))
    found = np.zeros(len(zero), np.bool_)
    for first, after in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        found[first:after] = after - first >= ENOUGH
    return found


def likely_units(median: float, minutes: int) -> list[RateUnit]:
    """Return what rates of this `median` in eight hours, settled every so many `minutes`, probably are, nearest first.

    A unit is likely when its usual rate, 0.01 % in eight hours, is within a factor of ten.
    """
    away = {}
    for unit, parts in _PARTS.items():
        usual = _USUAL * parts * (_YEAR / minutes if unit in _ANNUAL else 1)
        away[unit] = abs(math.log10(median / usual))
    found = sorted((unit for unit in away if unit is not RateUnit.FRACTION), key=lambda unit: away[unit])
    return [unit for unit in found if unit is found[0] or away[unit] <= _DECADES]
