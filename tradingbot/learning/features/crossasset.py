# file: learning/features/crossasset.py
"""Cross-asset features: what the instrument that leads this one does."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tradingbot.core.arrays import Floats
from tradingbot.learning.features.feature import Family, Feature, inlined
from tradingbot.learning.features.ringbuffer import LEADER_LOG, LEADER_RETURN, LOG_CLOSE, RETURN
from tradingbot.learning.features.windows import change, correlation_sums


@inlined
def _leader(tape: Floats, end: int, bars: int, _unused: int) -> float:
    return change(tape, LEADER_LOG, end, bars)


@inlined
def _relative(tape: Floats, end: int, bars: int, _unused: int) -> float:
    return change(tape, LOG_CLOSE, end, bars) - change(tape, LEADER_LOG, end, bars)


@inlined
def _beta(tape: Floats, end: int, bars: int, _unused: int) -> float:
    both, _, leader = correlation_sums(tape, RETURN, LEADER_RETURN, end - bars, end)
    return 0.0 * both if leader <= 0.0 else both / leader


@inlined
def _leader_correlation(tape: Floats, end: int, bars: int, _unused: int) -> float:
    both, own, leader = correlation_sums(tape, RETURN, LEADER_RETURN, end - bars, end)
    if own <= 0.0 or leader <= 0.0:
        return 0.0 * both
    return min(max(both / (math.sqrt(own) * math.sqrt(leader)), -1.0), 1.0)


@dataclass(frozen=True, slots=True)
class Leader(Feature):
    """The leader's log return over n bars.

    Source: Lo and MacKinlay (1990), "When Are Contrarian Profits Due to Stock Market Overreaction?": lead and lag.
    """

    word = "leader"
    family = Family.CROSS
    before = 1
    kernel = _leader


@dataclass(frozen=True, slots=True)
class Relative(Feature):
    """The own log return over n bars less the leader's.

    Source: Gatev, Goetzmann and Rouwenhorst (2006), "Pairs Trading".
    """

    word = "relative"
    family = Family.CROSS
    before = 1
    kernel = _relative


@dataclass(frozen=True, slots=True)
class Beta(Feature):
    """How far this moves when the leader moves by 1: cov(own, leader) / var(leader) of n log returns; flat is 0.

    Source: Sharpe (1964), "Capital Asset Prices".
    """

    word = "beta"
    family = Family.CROSS
    shortest = 3
    before = 1
    kernel = _beta


@dataclass(frozen=True, slots=True)
class LeaderCorrelation(Feature):
    """The correlation of n own and leader's log returns, -1 to 1; 0 where either does not vary.

    Source: Pearson's product-moment correlation.
    """

    word = "leadercorrelation"
    family = Family.CROSS
    shortest = 3
    before = 1
    kernel = _leader_correlation
