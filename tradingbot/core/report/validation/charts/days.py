# file: core/report/validation/charts/days.py
"""Turn the days of a record into the times a chart counts in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tradingbot.core.portfolio.daily import Floats, Ints
from tradingbot.core.portfolio.isotime import DAY

__all__ = ["dated"]


def dated(days: Sequence[str], values: Sequence[float]) -> tuple[Ints, Floats]:
    """Return ISO days as int64 ns and their values as float64, aligned at the last day.

    A series one longer than its days has its starting value in front, which is drawn a day before the first.
    """
    ts = np.array(days, dtype="datetime64[D]").astype("datetime64[ns]").astype(np.int64)
    if len(ts) and len(values) == len(ts) + 1:
        ts = np.concatenate([ts[:1] - DAY, ts])
    both = min(len(ts), len(values))
    return ts[len(ts) - both :], np.array(values, dtype=np.float64)[len(values) - both :]
