# file: strategies/signals/indicators.py
"""Indicators that Nautilus lacks: variance-ratio drift score, and a value's score in Bollinger bands.

The rest is Nautilus' own, fed by `update_raw` and asked once `initialized` (before, they answer 0): `DonchianChannel`,
`AverageTrueRange` in Wilder's way (its first value is the mean of `period` true ranges), `BollingerBands` (deviation of
the population), `SimpleMovingAverage`. The tests hold them to their formulas.
"""

from __future__ import annotations

import math
from collections import deque

from nautilus_trader.indicators import BollingerBands

from tradingbot.strategy import Indicator

_FLAT = 1e-9


def band_score(bands: Indicator | BollingerBands, value: float) -> float:
    """Return how many deviations `value` lies above the middle band, 0 where nothing moved but by rounding."""
    middle, deviation = bands.middle, bands.stddev
    return (value - middle) / deviation if deviation > _FLAT * abs(middle) else 0.0


class DriftScore:
    """Score the net move of the last `period` changes.

    score = ln(last / first) / sqrt(sum of squared log changes): about standard normal for a random walk, near 0 in a
    market that comes back, and at most sqrt(period) in one that only goes one way. Squared, it is the variance ratio of
    A. Lo and A. C. MacKinlay, Stock market prices do not follow random walks, 1988, over a single stretch.
    """

    __slots__ = ("_changes", "_last", "_left", "_net", "_squares", "period")

    def __init__(self, period: int) -> None:
        self.period = period
        self._changes: deque[float] = deque()
        self._last = 0.0
        self._left = 0
        self._net = 0.0
        self._squares = 0.0

    @property
    def initialized(self) -> bool:
        """Whether `period` changes were seen."""
        return len(self._changes) >= self.period

    @property
    def score(self) -> float:
        """The net move in units of its expected size, 0 where nothing moved."""
        return self._net / math.sqrt(self._squares) if self._squares > 1e-18 else 0.0

    def update_raw(self, price: float) -> None:
        """Take in a positive price."""
        last, self._last = self._last, price
        if not last:
            return
        change = math.log(price / last)
        changes = self._changes
        changes.append(change)
        self._net += change
        self._squares += change * change
        if len(changes) > self.period:
            change = changes.popleft()
            self._net -= change
            self._squares -= change * change
        self._left -= 1
        if self._left <= 0:
            self._left = self.period
            self._net = math.fsum(changes)
            self._squares = math.fsum(each * each for each in changes)
