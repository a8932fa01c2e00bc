# file: strategies/signals/indicators.py
"""Indicators: Bollinger bands, Donchian channel, average true range, variance-ratio drift score."""

from __future__ import annotations

import math
from collections import deque


class BollingerBands:
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


class DonchianChannel:
    """Keep the extremes of the last `period` bars, in constant time a bar.

    Ask before updating with a bar to compare that bar with those before it. Source: R. Donchian's four-week rule; the
    queue whose values only fall (or rise) is D. Lemire, Streaming maximum-minimum filter, 2006.
    """

    __slots__ = ("_highs", "_lows", "_seen", "period")

    def __init__(self, period: int) -> None:
        self.period = period
        self._seen = 0
        self._highs: deque[tuple[int, float]] = deque()
        self._lows: deque[tuple[int, float]] = deque()

    @property
    def full(self) -> bool:
        """Whether `period` bars were seen."""
        return self._seen >= self.period

    @property
    def upper(self) -> float:
        """The highest high; IndexError before the first bar."""
        return self._highs[0][1]

    @property
    def lower(self) -> float:
        """The lowest low; IndexError before the first bar."""
        return self._lows[0][1]

    def update(self, high: float, low: float) -> None:
        """Take in a closed bar."""
        self._seen += 1
        number, gone = self._seen, self._seen - self.period
        highs, lows = self._highs, self._lows
        while highs and highs[-1][1] <= high:
            highs.pop()
        highs.append((number, high))
        if highs[0][0] <= gone:
            highs.popleft()
        while lows and lows[-1][1] >= low:
            lows.pop()
        lows.append((number, low))
        if lows[0][0] <= gone:
            lows.popleft()


class AverageTrueRange:
    """Average the true range over `period` bars, in Wilder's way.

    true range = max(high, last close) - min(low, last close); the first average is the mean of `period` true ranges,
    then average += (true range - average) / period. Source: J. W. Wilder, New Concepts in Technical Trading Systems,
    1978.
    """

    __slots__ = ("_close", "_seen", "_total", "period", "value")

    def __init__(self, period: int) -> None:
        self.period = period
        self.value = 0.0
        self._seen = 0
        self._total = 0.0
        self._close: float | None = None

    @property
    def full(self) -> bool:
        """Whether `value` is an average of at least `period` bars."""
        return self._seen >= self.period

    def update(self, high: float, low: float, close: float) -> None:
        """Take in a closed bar; `value` is in price units."""
        last = self._close
        reach = high - low if last is None else max(high, last) - min(low, last)
        self._close = close
        if self._seen >= self.period:
            self.value += (reach - self.value) / self.period
            return
        self._seen += 1
        self._total += reach
        self.value = self._total / self._seen


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
    def full(self) -> bool:
        """Whether `period` changes were seen."""
        return len(self._changes) >= self.period

    @property
    def score(self) -> float:
        """The net move in units of its expected size, 0 where nothing moved."""
        return self._net / math.sqrt(self._squares) if self._squares > 1e-18 else 0.0

    def update(self, price: float) -> None:
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
