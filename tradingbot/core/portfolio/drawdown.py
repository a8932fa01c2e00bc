# file: core/portfolio/drawdown.py
"""Drawdown: depth and length below the last peak, of a curve and of equity marked at every bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import pairwise

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.stateful import Stateful
from tradingbot.core.time import DAY, SECOND

_HOUR = 3_600 * SECOND
_MOST_STRETCHES = 750


def drawdowns(equity: Floats) -> Floats:
    """Return the fall below the running peak at every point, a fraction of it: 0 at a peak, 1 when all is lost. 1 -
    equity / running maximum; more than 1 when equity is negative. The first equity must be positive."""
    result: Floats = 1.0 - equity / np.maximum.accumulate(equity)
    return result


def max_drawdown(equity: Floats) -> float:
    """Return the deepest of `drawdowns`; 0 without points. Within 0 to 1 as long as equity stays positive."""
    return float(drawdowns(equity).max()) if len(equity) else 0.0


def longest_drawdown(ts: Ints, equity: Floats) -> float:
    """Return the longest time from a peak until equity is back at it, or until the end, in days. `ts` are int64 ns of
    the same length as `equity`."""
    if not len(equity):
        return 0.0
    below = np.flatnonzero(drawdowns(equity) > 0)
    if not len(below):
        return 0.0
    starts = below[np.diff(below, prepend=-2) > 1]
    ends = below[np.diff(below, append=len(equity) + 1) > 1]
    back = ts[np.minimum(ends + 1, len(ts) - 1)]
    return float((back - ts[starts - 1]).max() / DAY)


def extremes(equity: Floats) -> list[int]:
    """Return the places, ascending, of the points that decide every drawdown that begins, ends or lies in `equity`.

    They are the highest and the lowest, the peak and the trough of the deepest fall between, and the last: the maximum
    drawdown of stretches put end to end is that of their extremes put end to end, since the deepest fall lies in one of
    them or goes from the highest of one to the lowest of a later. Of equal ones a peak is the last and a trough the
    first, so that the extremes of extremes are those of the whole, however it was cut. Empty without points; where
    equity does not begin above zero the fall is measured in money.
    """
    last = len(equity) - 1
    if last < 1:
        return [0] * (last + 1)
    peaks = np.maximum.accumulate(equity)
    trough = int((1.0 - equity / peaks if equity[0] > 0 else peaks - equity).argmax())
    peak = trough - int(equity[trough::-1].argmax())
    return sorted({peak, trough, last - int(equity[::-1].argmax()), int(equity.argmin()), last})


def stretch_for(span: int) -> int:
    """Return the stretch (ns) of which a run of `span` ns keeps the extremes: finer where a run is short, for pictures.
    It divides a UTC day, so that the maximum drawdown of any whole days follows from what is kept."""
    fitting = (hours * _HOUR for hours in (1, 2, 4, 8) if span <= hours * _HOUR * _MOST_STRETCHES)
    return next(fitting, DAY)


class MarkedEquity(Stateful):
    """Keep of every `stretch` of time the points that decide drawdowns (`extremes`), and how long the longest lasted.
    Money that comes in or leaves ends a stretch: a fall is measured between transfers, and across them in growth of one
    unit of money; `flows` holds equity just before each. Moments must not go back."""

    state_names = ("peak", "_kept", "_now", "_scale", "_top", "_last", "_longest")

    def __init__(self, start: EquityPoint, stretch: int) -> None:
        self.peak = start.equity
        self.flows: list[EquityPoint] = []
        self._stretch = stretch
        self._kept = [start]
        self._now: list[EquityPoint] = []
        self._scale = 1.0
        self._top = self._last = (start.ts, float(start.equity))
        self._longest = 0.0

    @property
    def points(self) -> list[EquityPoint]:
        """What is kept so far, ascending, the start first and the last mark last; of equal ones in a row both ends."""
        kept = [*self._kept, *self._now]
        inner = zip(kept, kept[1:], kept[2:], strict=False)
        return [kept[0], *(point for one, point, other in inner if not one.equity == point.equity == other.equity),
                *kept[1:][-1:]]  # fmt: skip

    def take_kept(self) -> list[EquityPoint]:
        """Return what is kept of stretches that are over, and forget all but the last of it."""
        over, self._kept = self._kept[:-1], self._kept[-1:]
        return over

    def put_kept(self, points: Sequence[EquityPoint]) -> None:
        """Put what `take_kept` returned before the rest."""
        self._kept = [*points, *self._kept]

    def extend(self, ts: Ints, equity: Floats, exact: Callable[[int], Decimal]) -> None:
        """Take in `equity` (float64, account currency) at moments `ts` (int64 ns), one or more; `exact` gives it to the
        cent. What is kept does not depend on how many calls it comes in."""
        borders = np.flatnonzero(np.diff((ts - 1) // self._stretch)) + 1
        for first, last in pairwise([0, *borders.tolist(), len(ts)]):
            rows = (first + row for row in extremes(equity[first:last]))
            self._stretch_on([EquityPoint(int(ts[row]), exact(int(ts[row]))) for row in rows])
        self._lasting(ts, equity * self._scale)

    def transferred(self, before: EquityPoint, amount: Decimal) -> None:
        """Go on after `amount` came in (or, negative, left) the equity of `before`: the fall from the peak stays."""
        after, ts = before.equity + amount, max(before.ts, self._kept[0].ts + 1)
        if (self._now or self._kept)[-1].ts < ts - 1:
            self._stretch_on([EquityPoint(ts - 1, before.equity)])
        self._kept += self._now
        self._now = []
        if self._kept[-1].ts == ts:
            self._kept.pop()
        self._kept.append(EquityPoint(ts, after))
        self.flows.append(before)
        if after > 0 and before.equity > 0:
            self._scale *= float(before.equity / after)
            self.peak *= after / before.equity

    def longest_drawdown(self, end: EquityPoint) -> float:
        """Return the longest time from a peak until equity was back at it, or until `end`, in days."""
        open_still = float(end.equity) * self._scale < self._top[1]
        return max(self._longest, (end.ts - self._top[0]) / DAY if open_still else 0.0)

    def _stretch_on(self, points: list[EquityPoint]) -> None:
        if self._now and (self._now[-1].ts - 1) // self._stretch != (points[0].ts - 1) // self._stretch:
            self._kept += self._now
            self._now = []
        self._now += points
        if len(self._now) > 1:
            self._now = [self._now[row] for row in extremes(np.array([float(point.equity) for point in self._now]))]
        self.peak = max(self.peak, *(point.equity for point in points))

    def _lasting(self, ts: Ints, growth: Floats) -> None:
        before = (self._top, self._last)
        stamps = np.concatenate([[point[0] for point in before], ts])
        values = np.concatenate([[point[1] for point in before], growth])
        self._longest = max(self._longest, longest_drawdown(stamps, values))
        top = len(values) - 1 - int(values[::-1].argmax())
        self._top = (int(stamps[top]), float(values[top]))
        self._last = (int(stamps[-1]), float(values[-1]))
