# file: learning/features/crossasset.py
"""Cross-asset features: what the instrument that leads this one does."""

from __future__ import annotations

import math

from tradingbot.core.arrays import Floats
from tradingbot.learning.features.feature import Feature, inlined
from tradingbot.learning.features.ringbuffer import LEADER_LOG, LEADER_RETURN, LOG_CLOSE, RETURN
from tradingbot.learning.features.windows import change, correlation_sums


class Leader(Feature):
    """The leader's log return over n bars.

    Source: Lo and MacKinlay (1990), "When Are Contrarian Profits Due to Stock Market Overreaction?": lead and lag.
    """

    before = 1

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        return change(ring, LEADER_LOG, end, bars)


class Relative(Feature):
    """The own log return over n bars less the leader's.

    Source: Gatev, Goetzmann and Rouwenhorst (2006), "Pairs Trading".
    """

    before = 1

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        return change(ring, LOG_CLOSE, end, bars) - change(ring, LEADER_LOG, end, bars)


class Beta(Feature):
    """How far this moves when the leader moves by 1: cov(own, leader) / var(leader) of n log returns; flat is 0.

    Source: Sharpe (1964), "Capital Asset Prices".
    """

    shortest = 3
    before = 1

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        both, _, leader = correlation_sums(ring, RETURN, LEADER_RETURN, end - bars, end)
        return 0.0 * both if leader <= 0.0 else both / leader


class LeaderCorrelation(Feature):
    """The correlation of n own and leader's log returns, -1 to 1; 0 where either does not vary.

    Source: Pearson's product-moment correlation.
    """

    shortest = 3
    before = 1

    @staticmethod
    @inlined
    def kernel(ring: Floats, end: int, bars: int, _unused: int) -> float:
        both, own, leader = correlation_sums(ring, RETURN, LEADER_RETURN, end - bars, end)
        if own <= 0.0 or leader <= 0.0:
            return 0.0 * both
        return min(max(both / (math.sqrt(own) * math.sqrt(leader)), -1.0), 1.0)


FEATURES = (Leader, Relative, Beta, LeaderCorrelation)
