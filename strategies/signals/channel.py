# file: strategies/signals/channel.py
"""The highest high and lowest low of the last bars."""

from __future__ import annotations

from collections import deque

__all__ = ["Channel"]


class Channel:
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
