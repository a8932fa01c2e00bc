# file: learning/features/funding.py
"""What holding a perpetual costs. NaN where there is no funding."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.statistics.arrays import Floats
from tradingbot.learning.features.compiling import inlined
from tradingbot.learning.features.feature import Family, Feature
from tradingbot.learning.features.rows import FUNDING
from tradingbot.learning.features.windows import total

__all__ = ["FundingMean", "FundingRate"]


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
