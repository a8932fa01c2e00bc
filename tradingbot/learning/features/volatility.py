# file: learning/features/volatility.py
"""Volatility features: realised and range-based estimators, per bar."""

from __future__ import annotations

import math

from tradingbot.core.arrays import Floats
from tradingbot.learning.features.feature import Feature, inlined
from tradingbot.learning.features.ringbuffer import GARMAN, PARKINSON, RETURN, ROGERS
from tradingbot.learning.features.windows import deviation, total, total_of_squares

_FOUR_LN_2 = 4.0 * math.log(2.0)


@inlined
def _root(square: float) -> float:
    # NaN stays NaN; a mean below 0 can come of bars that contradict themselves.
    return 0.0 if square < 0.0 else math.sqrt(square)


class Realised(Feature):
    """Realised volatility: the root of the mean squared log return of n bars, a fraction of price.

    Source: Andersen, Bollerslev, Diebold and Labys (2003), "Modeling and Forecasting Realized Volatility".
    """

    before = 1

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        return math.sqrt(total_of_squares(ring, RETURN, end - bars, end) / bars)


class Parkinson(Feature):
    """Volatility from the range: sqrt(mean of ln(high / low)^2 / (4 ln 2)) over n bars.

    Source: Parkinson (1980), "The Extreme Value Method for Estimating the Variance of the Rate of Return".
    """

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        return math.sqrt(total(ring, PARKINSON, end - bars, end) / (_FOUR_LN_2 * bars))


class GarmanKlass(Feature):
    """Volatility from open, high, low, close: sqrt(mean of ln(h/l)^2 / 2 - (2 ln 2 - 1) ln(c/o)^2) over n bars.

    Source: Garman and Klass (1980), "On the Estimation of Security Price Volatilities from Historical Data".
    """

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        return _root(total(ring, GARMAN, end - bars, end) / bars)


class RogersSatchell(Feature):
    """Volatility that a trend does not raise: sqrt(mean of ln(h/c) ln(h/o) + ln(l/c) ln(l/o)) over n bars.

    Source: Rogers and Satchell (1991), "Estimating Variance From High, Low and Closing Prices".
    """

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        return _root(total(ring, ROGERS, end - bars, end) / bars)


class VolRatio(Feature):
    """ln of the short window's realised volatility over the long one's; 0 where either is 0.

    Source: Corsi (2009), "A Simple Approximate Long-Memory Model of Realized Volatility": its horizons, as a ratio.
    """

    takes = ("short", "long")
    before = 1

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, short: int, long: int) -> float:
        now = total_of_squares(ring, RETURN, end - short, end) / short
        usual = total_of_squares(ring, RETURN, end - long, end) / long
        if now == 0.0 or usual == 0.0:
            return 0.0 * usual
        return 0.5 * math.log(now / usual)


class Skew(Feature):
    """The skewness of n log returns, divisor n: mean of (r - mean)^3 / variance^1.5; flat is 0.

    Source: Amaya, Christoffersen, Jacobs and Vasquez (2015), "Does Realized Skewness Predict the Cross-Section".
    """

    shortest = 3
    before = 1

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        offset, variance = deviation(ring, RETURN, end - bars, end)
        if variance <= 0.0:
            return 0.0
        mean = ring[RETURN, end - 1] + offset
        cubes = 0.0
        for i in range(end - bars, end):
            away = ring[RETURN, i] - mean
            cubes += away * away * away
        return cubes / (bars * variance * math.sqrt(variance))


FEATURES = (Realised, Parkinson, GarmanKlass, RogersSatchell, VolRatio, Skew)
