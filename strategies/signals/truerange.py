# file: strategies/signals/truerange.py
"""How far a market moves in a bar."""

from __future__ import annotations

__all__ = ["TrueRange"]


class TrueRange:
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
