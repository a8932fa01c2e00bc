# file: learning/features/funding.py
"""Funding features: what holding a perpetual costs. One family, one file."""

from __future__ import annotations

from tradingbot.core.arrays import Floats
from tradingbot.learning.features.feature import Feature, inlined
from tradingbot.learning.features.ringbuffer import FUNDING
from tradingbot.learning.features.windows import total


class FundingRate(Feature):
    """The last rate settled before the close, in basis points an interval; positive: longs pay.

    Source: the venue's settlements.
    """

    takes = ()

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, _none: int, _unused: int) -> float:
        points: float = ring[FUNDING, end - 1] * 1e4
        return points


class FundingMean(Feature):
    """The mean over n bars of the last rate each knew, in basis points an interval.

    Source: the venue's settlements, weighted by how long each stood.
    """

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        return total(ring, FUNDING, end - bars, end) / bars * 1e4


FEATURES = (FundingRate, FundingMean)
