# file: learning/features/funding.py
"""Funding features: what holding a perpetual costs. One family, one file."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.arrays import Floats
from tradingbot.learning.features.feature import Family, Feature, inlined
from tradingbot.learning.features.ringbuffer import FUNDING
from tradingbot.learning.features.windows import total


@inlined
def _funding_rate(tape: Floats, end: int, _none: int, _unused: int) -> float:
    points: float = tape[FUNDING, end - 1] * 1e4
    return points


@inlined
def _funding_mean(tape: Floats, end: int, bars: int, _unused: int) -> float:
    return total(tape, FUNDING, end - bars, end) / bars * 1e4


@dataclass(frozen=True, slots=True)
class FundingRate(Feature):
    """The last rate settled before the close, in basis points an interval; positive: longs pay.

    Source: the venue's settlements.
    """

    word = "fundingrate"
    family = Family.FUNDING
    takes = ()
    kernel = _funding_rate


@dataclass(frozen=True, slots=True)
class FundingMean(Feature):
    """The mean over n bars of the last rate each knew, in basis points an interval.

    Source: the venue's settlements, weighted by how long each stood.
    """

    word = "fundingmean"
    family = Family.FUNDING
    kernel = _funding_mean
