# file: core/portfolio/hold.py
"""Hold the instruments instead of trading them: the yardstick of every backtest."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tradingbot.core.portfolio.daily import Floats, Ints
from tradingbot.core.portfolio.isotime import DAY

__all__ = ["hold_curve"]


def hold_curve(closes: Mapping[str, tuple[Ints, Floats]], start: int, end: int) -> tuple[Ints, Floats]:
    """Return the growth of one unit of money spread equally over the instruments at `start` and never touched again.

    mean over instruments of close(t) / first close, without costs, at `start`, every 00:00 UTC and `end`. An instrument
    is cash until its first close. The last value minus one is `buy_and_hold`.

    Parameters
    ----------
    closes
        Instrument to ascending close times (int64 ns) and prices (float64, positive).
    start, end
        The run, UTC nanoseconds.

    Returns
    -------
    tuple
        Time stamps and growth factors of equal length; empty without any price up to `end`.
    """
    midnights = np.arange(start // DAY + 1, -(-end // DAY), dtype=np.int64) * DAY
    stamps = np.unique(np.concatenate([[start], midnights, [end]])).astype(np.int64)
    curves = [_growth(*columns, stamps) for columns in closes.values() if len(columns[0]) and columns[0][0] <= end]
    return (stamps, np.mean(curves, axis=0)) if curves else (stamps[:0], np.empty(0))


def _growth(ts: Ints, close: Floats, stamps: Ints) -> Floats:
    first = max(0, int(np.searchsorted(ts, stamps[0], side="right")) - 1)
    rows = np.maximum(np.searchsorted(ts, stamps, side="right") - 1, first)
    growth: Floats = close[rows] / close[first]
    return growth
