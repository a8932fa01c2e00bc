# file: learning/features/calendar.py
"""Calendar features: time of day and week, on circles so that midnight lies beside 23:59.

A bar counts by its close: the last bar of Friday closes on Saturday 00:00 and is on the weekend.
"""

from __future__ import annotations

import math

from tradingbot.core.arrays import Floats
from tradingbot.learning.features.feature import Feature, inlined
from tradingbot.learning.features.ringbuffer import TIME_OF_DAY, TIME_OF_WEEK

_TURN = 2.0 * math.pi


class HourSin(Feature):
    """The time of day as a sine: sin(2 pi t), t the elapsed part of the day.

    Source: Andersen and Bollerslev (1997), "Intraday Periodicity and Volatility Persistence": Fourier form.
    """

    takes = ()

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, _none: int, _unused: int) -> float:
        return math.sin(_TURN * ring[TIME_OF_DAY, end - 1])


class HourCos(Feature):
    """The time of day as a cosine: cos(2 pi t).

    Source: see HourSin.
    """

    takes = ()

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, _none: int, _unused: int) -> float:
        return math.cos(_TURN * ring[TIME_OF_DAY, end - 1])


class DaySin(Feature):
    """The time of the week as a sine: sin(2 pi t / 7), t the days since Monday 00:00.

    Source: French (1980), "Stock Returns and the Weekend Effect"; the form as HourSin.
    """

    takes = ()

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, _none: int, _unused: int) -> float:
        return math.sin(_TURN * ring[TIME_OF_WEEK, end - 1] / 7.0)


class DayCos(Feature):
    """The time of the week as a cosine: cos(2 pi t / 7).

    Source: see DaySin.
    """

    takes = ()

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, _none: int, _unused: int) -> float:
        return math.cos(_TURN * ring[TIME_OF_WEEK, end - 1] / 7.0)


class Weekend(Feature):
    """1 where the bar closed on Saturday or Sunday, else 0.

    Source: French (1980), "Stock Returns and the Weekend Effect".
    """

    takes = ()

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, _none: int, _unused: int) -> float:
        return 1.0 if ring[TIME_OF_WEEK, end - 1] >= 5.0 else 0.0


FEATURES = (HourSin, HourCos, DaySin, DayCos, Weekend)
