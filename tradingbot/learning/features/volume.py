# file: learning/features/volume.py
"""Volume features: how much changed hands, and on which side."""

from __future__ import annotations

import math

from tradingbot.core.arrays import Floats
from tradingbot.learning.features.feature import Feature, inlined
from tradingbot.learning.features.ringbuffer import FLOW, LOG_CLOSE, RETURN, VOLUME
from tradingbot.learning.features.windows import change, correlation_sums, total


class Surprise(Feature):
    """The bar's volume against the mean m of n bars, itself included: ln((v / m + 1) / 2), 0 at the mean.

    Finite at no volume (-ln 2); a window without volume is 0.
    Source: Gervais, Kaniel and Mingelgrin (2001), "The High-Volume Return Premium", as a logarithm.
    """

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        mean = total(ring, VOLUME, end - bars, end) / bars
        if mean == 0.0:
            return 0.0
        return math.log((ring[VOLUME, end - 1] / mean + 1.0) * 0.5)


class Flow(Feature):
    """The share of n bars' volume in bars that rose less that in bars that fell, -1 to 1; no volume is 0.

    Source: Granville (1963), "New Key to Stock Market Profits": on balance volume, over its total.
    """

    before = 1

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        traded = total(ring, VOLUME, end - bars, end)
        signed = total(ring, FLOW, end - bars, end)
        return 0.0 * signed if traded == 0.0 else signed / traded


class Conviction(Feature):
    """The log return of the short window times how unusual its volume is: ln((its mean / the long mean + 1) / 2).

    Source: Llorente, Michaely, Saar and Wang (2002), "Dynamic Volume-Return Relation of Individual Stocks".
    """

    takes = ("short", "long")

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, short: int, long: int) -> float:
        usual = total(ring, VOLUME, end - long, end) / long
        moved = change(ring, LOG_CLOSE, end, short)
        if usual == 0.0:
            return 0.0 * moved
        return moved * math.log((total(ring, VOLUME, end - short, end) / (short * usual) + 1.0) * 0.5)


class PriceVolume(Feature):
    """The correlation of log return and volume over n bars, -1 to 1; 0 where either does not vary.

    Source: Karpoff (1987), "The Relation Between Price Changes and Trading Volume: A Survey".
    """

    shortest = 3
    before = 1

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        both, prices, volumes = correlation_sums(ring, RETURN, VOLUME, end - bars, end)
        if prices <= 0.0 or volumes <= 0.0:
            return 0.0 * both
        return min(max(both / (math.sqrt(prices) * math.sqrt(volumes)), -1.0), 1.0)


FEATURES = (Surprise, Flow, Conviction, PriceVolume)
