# file: learning/features/ringbuffer.py
"""Ring buffer of bars: what it holds of each bar, and how a bar is written; every window is one unbroken stretch.

Prices are snapped to their digits and above 0, else NaN. A row is NaN where what it is made of is.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from tradingbot.core.arrays import Floats
from tradingbot.core.time import DAY
from tradingbot.learning.features.feature import part

CLOSE: Final = 0  # price
HIGH: Final = 1  # price
LOW: Final = 2  # price
LOG_CLOSE: Final = 3  # ln close
RETURN: Final = 4  # ln(close / close before)
PARKINSON: Final = 5  # ln(high / low) squared
GARMAN: Final = 6  # ln(high / low)^2 / 2 - (2 ln 2 - 1) ln(close / open)^2
ROGERS: Final = 7  # ln(high / close) ln(high / open) + ln(low / close) ln(low / open)
VOLUME: Final = 8  # base units, 0 or more
FLOW: Final = 9  # volume with the sign of the return, 0 where that is 0
ILLIQUID: Final = 10  # |return| / (close volume), 0 where the volume is 0
LOCATION: Final = 11  # ((close - low) - (high - close)) / (high - low), 0 where high is low
CORWIN: Final = 12  # the spread that this bar and the one before it imply, a fraction of price, 0 or more
SPREAD: Final = 13  # quoted spread in basis points of the close
FUNDING: Final = 14  # last settled rate, a fraction
LEADER_LOG: Final = 15  # ln of the leader's close
LEADER_RETURN: Final = 16  # ln(leader / leader before)
TIME_OF_DAY: Final = 17  # the elapsed part of the UTC day at the close, 0 to below 1
TIME_OF_WEEK: Final = 18  # days since Monday 00:00 UTC at the close, 0 to below 7
COUNT: Final = 19  # how many rows there are

_WEEK = 7 * DAY
# 1970 began on a Thursday.
_SINCE_MONDAY = 3 * DAY
_LEAN = 2.0 * math.log(2.0) - 1.0
_K = 3.0 - 2.0 * math.sqrt(2.0)


@part
def _snapped(value: float, scale: float) -> float:
    # Digits round alike here, in the catalog and in training: the engine's own float of a price can be an ulp off.
    snapped = np.rint(value * scale) / scale
    return snapped if 0.0 <= snapped < math.inf else math.nan


@part
def _price(value: float, scale: float) -> float:
    snapped = _snapped(value, scale)
    return snapped if snapped > 0.0 else math.nan


@part
def _put(ring: Floats, row: int, at: int, value: float) -> None:
    ring[row, at] = value
    ring[row, at + ring.shape[1] // 2] = value


@part
def _corwin(ranged: float, before: float, both: float) -> float:
    squares = ranged * ranged + before * before
    alpha = (math.sqrt(2.0 * squares) - math.sqrt(squares)) / _K - math.sqrt(both * both / _K)
    return 0.0 if alpha <= 0.0 else 2.0 * math.tanh(0.5 * alpha)


@part
def _write_volume(ring: Floats, at: int, volume: float, close: float, change: float) -> None:
    _put(ring, VOLUME, at, volume)
    _put(ring, FLOW, at, volume * np.sign(change))
    traded = volume * close
    _put(ring, ILLIQUID, at, 0.0 * change if traded == 0.0 else abs(change) / traded)


@part
def _write_shape(ring: Floats, at: int, opened: float, high: float, low: float, close: float) -> None:
    up, down, body = math.log(high / close), math.log(low / close), math.log(close / opened)
    ranged = up - down
    _put(ring, PARKINSON, at, ranged * ranged)
    _put(ring, GARMAN, at, 0.5 * (ranged * ranged) - _LEAN * (body * body))
    _put(ring, ROGERS, at, up * (up + body) + down * (down + body))
    _put(ring, LOCATION, at, 0.0 * close if high == low else ((close - low) - (high - close)) / (high - low))
    last = at + ring.shape[1] // 2 - 1
    top, bottom = max(high, ring[HIGH, last]), min(low, ring[LOW, last])
    before = math.sqrt(ring[PARKINSON, last])
    _put(ring, CORWIN, at, _corwin(ranged, before, math.log(top / bottom)))


@part
def write_bar(
    ring: Floats,
    at: int,
    opened: float,
    high: float,
    low: float,
    close: float,
    volume: float,
    price_scale: float,
    size_scale: float,
) -> None:
    """Write what follows from OHLCV at place `at`; the bar before is the place before."""
    opened, high = _price(opened, price_scale), _price(high, price_scale)
    low, close = _price(low, price_scale), _price(close, price_scale)
    level = math.log(close)
    change = level - ring[LOG_CLOSE, at + ring.shape[1] // 2 - 1]
    _write_shape(ring, at, opened, high, low, close)
    _write_volume(ring, at, _snapped(volume, size_scale), close, change)
    _put(ring, CLOSE, at, close)
    _put(ring, HIGH, at, high)
    _put(ring, LOW, at, low)
    _put(ring, LOG_CLOSE, at, level)
    _put(ring, RETURN, at, change)


@part
def write_others(
    ring: Floats, at: int, spread: float, funding: float, leader: float, price_scale: float, leader_scale: float
) -> None:
    """Write quotes, funding and leader at place `at`, after the bar itself."""
    level = math.log(_price(leader, leader_scale))
    _put(ring, LEADER_RETURN, at, level - ring[LEADER_LOG, at + ring.shape[1] // 2 - 1])
    _put(ring, LEADER_LOG, at, level)
    _put(ring, SPREAD, at, 1e4 * _snapped(spread, price_scale) / ring[CLOSE, at])
    _put(ring, FUNDING, at, funding if abs(funding) < math.inf else math.nan)


@part
def write_time(ring: Floats, at: int, ts: int) -> None:
    """Write the time of day and of the week at place `at`; `ts` in ns since 1970, UTC."""
    _put(ring, TIME_OF_DAY, at, (ts % DAY) / DAY)
    _put(ring, TIME_OF_WEEK, at, ((ts + _SINCE_MONDAY) % _WEEK) / DAY)
