# file: learning/features/microstructure.py
"""Microstructure features: spreads, illiquidity, location of the close."""

from __future__ import annotations

import math

from tradingbot.core.arrays import Floats
from tradingbot.learning.features.feature import Feature, inlined
from tradingbot.learning.features.ringbuffer import CORWIN, ILLIQUID, LOCATION, RETURN, SPREAD
from tradingbot.learning.features.windows import total


class QuotedSpread(Feature):
    """The mean quoted spread at the close of n bars, in basis points of the close; NaN where a bar had no quote.

    Source: Roll (1984) and the usual definition: (ask - bid) / price.
    """

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        return total(ring, SPREAD, end - bars, end) / bars


class CorwinSchultz(Feature):
    """The spread that highs and lows imply, mean over n pairs of bars, in basis points; each pair 0 or more.

    b = ln(h/l)^2 of both bars, g = ln(h/l)^2 of the two as one, k = 3 - 2 sqrt 2,
    a = (sqrt(2 b) - sqrt b) / k - sqrt(g / k), spread = 2 (e^a - 1) / (e^a + 1). Gaps between bars are not adjusted.
    Source: Corwin and Schultz (2012), "A Simple Way to Estimate Bid-Ask Spreads from Daily High and Low Prices".
    """

    before = 1

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        return total(ring, CORWIN, end - bars, end) / bars * 1e4


class Roll(Feature):
    """The spread that bouncing implies: 2 sqrt(-cov(r, r before)) over n pairs, in basis points; 0 where cov > 0.

    Source: Roll (1984), "A Simple Implicit Measure of the Effective Bid-Ask Spread in an Efficient Market".
    """

    shortest = 3
    before = 2

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        now = before = both = 0.0
        for i in range(end - bars, end):
            now += ring[RETURN, i]
            before += ring[RETURN, i - 1]
            both += ring[RETURN, i] * ring[RETURN, i - 1]
        covariance = both / bars - (now / bars) * (before / bars)
        return 0.0 if covariance > 0.0 else 2e4 * math.sqrt(-covariance)


class Illiquidity(Feature):
    """ln of the short window's mean |return| per value traded over the long one's; 0 where either is 0.

    A bar without volume counts as 0. The ratio is free of the currency, which Amihud's number is not.
    Source: Amihud (2002), "Illiquidity and Stock Returns", Journal of Financial Markets 5.
    """

    takes = ("short", "long")
    before = 1

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, short: int, long: int) -> float:
        now = total(ring, ILLIQUID, end - short, end) / short
        usual = total(ring, ILLIQUID, end - long, end) / long
        if now == 0.0 or usual == 0.0:
            return 0.0 * usual
        return math.log(now / usual)


class Location(Feature):
    """Where bars close in their own range, mean of n: ((c - l) - (h - c)) / (h - l), -1 to 1; a flat bar is 0.

    Source: Chaikin's accumulation/distribution multiplier, without the volume.
    """

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        return total(ring, LOCATION, end - bars, end) / bars


FEATURES = (QuotedSpread, CorwinSchultz, Roll, Illiquidity, Location)
