# file: core/portfolio/drawdown.py
"""Drawdown: how far and how long equity stays below its last peak."""

from __future__ import annotations

import numpy as np

from tradingbot.core.portfolio.daily import Floats, Ints
from tradingbot.core.portfolio.isotime import DAY

__all__ = ["drawdowns", "extremes", "longest_drawdown", "max_drawdown"]


def drawdowns(equity: Floats) -> Floats:
    """Return the fall below the running peak at every point, a fraction of it: 0 at a peak, 1 when all is lost.

    1 - equity / running maximum; more than 1 when equity is negative. The first equity must be positive.
    """
    result: Floats = 1.0 - equity / np.maximum.accumulate(equity)
    return result


def max_drawdown(equity: Floats) -> float:
    """Return the deepest of `drawdowns`; 0 without points. Within 0 to 1 as long as equity stays positive."""
    return float(drawdowns(equity).max()) if len(equity) else 0.0


def longest_drawdown(ts: Ints, equity: Floats) -> float:
    """Return the longest time from a peak until equity is back at it, or until the end, in days.

    `ts` are int64 ns of the same length as `equity`.
    """
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
