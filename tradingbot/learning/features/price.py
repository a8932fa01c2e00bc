# file: learning/features/price.py
"""Price features: momentum, trend, distance, oscillators. Windows are in bars."""

from __future__ import annotations

import math

from tradingbot.core.arrays import Floats
from tradingbot.learning.features.feature import Feature, inlined
from tradingbot.learning.features.ringbuffer import CLOSE, HIGH, LOG_CLOSE, LOW, RETURN
from tradingbot.learning.features.windows import change, deviation, total_of_squares, total_of_steps


class Momentum(Feature):
    """The log return over n bars: ln(close / close n bars ago).

    Source: Jegadeesh and Titman (1993), "Returns to Buying Winners and Selling Losers", Journal of Finance 48.
    """

    before = 1

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        return change(ring, LOG_CLOSE, end, bars)


class Trend(Feature):
    """The log return over n bars in its own deviations: sum r / sqrt(sum r^2), -sqrt n to sqrt n; flat is 0.

    Source: the t-statistic of a mean of 0, uncentred; Moskowitz, Ooi and Pedersen (2012), "Time Series Momentum".
    """

    before = 1

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        squares = total_of_squares(ring, RETURN, end - bars, end)
        if squares == 0.0:
            return 0.0
        return change(ring, LOG_CLOSE, end, bars) / math.sqrt(squares)


class Distance(Feature):
    """How far ln close is from its mean of n bars, in deviations (divisor n) of the same bars; flat is 0.

    Source: Bollinger (2001), "Bollinger on Bollinger Bands"; here on logarithms.
    """

    shortest = 2

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        mean, variance = deviation(ring, LOG_CLOSE, end - bars, end)
        if variance <= 0.0:
            return 0.0
        return -mean / math.sqrt(variance)


class Crossover(Feature):
    """The mean ln close of the short window less that of the long one, in the long one's deviations; flat is 0.

    Source: Brock, Lakonishok and LeBaron (1992), "Simple Technical Trading Rules", Journal of Finance 47.
    """

    takes = ("short", "long")

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, short: int, long: int) -> float:
        slow, variance = deviation(ring, LOG_CLOSE, end - long, end)
        fast, _ = deviation(ring, LOG_CLOSE, end - short, end)
        if variance <= 0.0:
            return 0.0
        return (fast - slow) / math.sqrt(variance)


class Recent(Feature):
    """The exponentially weighted mean of n returns over their weighted root mean square, -1 to 1; flat is 0.

    Weights halve every n / 4 bars, end at the window and are normalised: w_j = 2^(-4 j / n), j = 0 the newest.
    Source: RiskMetrics (1996), "Technical Document", section 5.2, truncated.
    """

    shortest = 2
    before = 1

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        keep = math.exp2(-4.0 / bars)
        mean = square = 0.0
        for i in range(end - bars, end):
            mean = mean * keep + ring[RETURN, i]
            square = square * keep + ring[RETURN, i] * ring[RETURN, i]
        if square == 0.0:
            return 0.0
        weight = (1.0 - 0.0625) / (1.0 - keep)
        return mean / math.sqrt(weight * square)


class Rsi(Feature):
    """Cutler's RSI: the rises' share of all n price steps, simple sums, 0 to 1; flat is 0.5.

    Source: Wilder (1978), "New Concepts in Technical Trading Systems", with Cutler's simple averages.
    """

    before = 1

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        steps = total_of_steps(ring, CLOSE, end - bars, end)
        if steps == 0.0:
            return 0.5
        # What rose less what fell is how far the price came, so the rises are half of that and of all steps.
        return 0.5 + 0.5 * change(ring, CLOSE, end, bars) / steps


class Position(Feature):
    """Where the close lies between the lowest low and the highest high of n bars, 0 to 1; flat is 0.5.

    Source: Lane (1984), "Lane's Stochastics", %K.
    """

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        top, bottom, absent = ring[HIGH, end - 1], ring[LOW, end - 1], 0.0 * ring[CLOSE, end - 1]
        for i in range(end - bars, end):
            top = max(top, ring[HIGH, i])
            bottom = min(bottom, ring[LOW, i])
            absent += ring[HIGH, i] - ring[LOW, i]
        if math.isnan(absent):
            return math.nan
        if top <= bottom:
            return 0.5
        place: float = (ring[CLOSE, end - 1] - bottom) / (top - bottom)
        return place


class Efficiency(Feature):
    """How straight the way was: |close - close n bars ago| / sum of |steps|, 0 to 1; flat is 0.

    Source: Kaufman (1995), "Smarter Trading".
    """

    before = 1

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        steps = total_of_steps(ring, CLOSE, end - bars, end)
        if steps == 0.0:
            return 0.0
        return abs(change(ring, CLOSE, end, bars)) / steps


FEATURES = (Momentum, Trend, Distance, Crossover, Recent, Rsi, Position, Efficiency)
