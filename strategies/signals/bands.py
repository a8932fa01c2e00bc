# file: strategies/signals/bands.py
"""The mean and the spread of the last prices."""

from __future__ import annotations

import math
from collections import deque

__all__ = ["Bands"]


class Bands:
    """Keep mean and standard deviation (of the population) of the last `period` values, in constant time a value.

    Sums are taken around an anchor near the values and made anew once a period, so that rounding cannot pile up.
    Source: J. Bollinger, Bollinger on Bollinger Bands, 2001.
    """

    __slots__ = ("_anchor", "_left", "_squares", "_sum", "_values", "period")

    def __init__(self, period: int) -> None:
        self.period = period
        self._values: deque[float] = deque()
        self._anchor = 0.0
        self._left = 0
        self._sum = 0.0
        self._squares = 0.0

    @property
    def full(self) -> bool:
        """Whether `period` values were seen."""
        return len(self._values) >= self.period

    @property
    def mean(self) -> float:
        """The mean; the values' own units."""
        return self._anchor + self._sum / len(self._values)

    @property
    def deviation(self) -> float:
        """The standard deviation, 0 where all values are equal."""
        count = len(self._values)
        variance = (self._squares - self._sum * self._sum / count) / count
        return math.sqrt(variance) if variance > 1e-18 * self._anchor * self._anchor else 0.0

    def score(self, value: float) -> float:
        """Return how many deviations `value` lies above the mean, 0 where there is no deviation."""
        deviation = self.deviation
        return (value - self.mean) / deviation if deviation else 0.0

    def update(self, value: float) -> None:
        """Take in a value."""
        values = self._values
        values.append(value)
        step = value - self._anchor
        self._sum += step
        self._squares += step * step
        if len(values) > self.period:
            step = values.popleft() - self._anchor
            self._sum -= step
            self._squares -= step * step
        self._left -= 1
        if self._left <= 0:
            self._renew()

    def _renew(self) -> None:
        self._left = self.period
        self._anchor = self._values[-1]
        steps = [value - self._anchor for value in self._values]
        self._sum = math.fsum(steps)
        self._squares = math.fsum(step * step for step in steps)
