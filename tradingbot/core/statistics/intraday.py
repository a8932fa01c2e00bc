# file: core/statistics/intraday.py
"""Intraday extremes: how far equity went between the ends of its days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tradingbot.core.arrays import Floats


@dataclass(frozen=True, slots=True)
class Intraday:
    """Each day's lowest and highest equity, as factors of what it began with, and the deepest drawdown within it.

    `low` (at most 1), `high` (at least 1) and `fall` (a fraction of the peak) are float64 [T]. Days put end to end in
    any order have the maximum drawdown that their bars would have: a fall lies in one day, or goes from the high of one
    to the low of a later one.
    """

    low: Floats
    high: Floats
    fall: Floats

    @classmethod
    def of_ends(cls, returns: Floats) -> Intraday:
        """Return days of which nothing is known but their `returns` [T]."""
        return cls(np.minimum(1.0 + returns, 1.0), np.maximum(1.0 + returns, 1.0), np.maximum(-returns, 0.0))

    @classmethod
    def join(cls, parts: Sequence[Intraday]) -> Intraday:
        """Return the parts end to end."""
        columns = ("low", "high", "fall")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in columns))

    def take(self, rows: slice | np.ndarray) -> Intraday:
        """Return some of the days; of a matrix of indices [..., T] as many histories."""
        return Intraday(self.low[rows], self.high[rows], self.fall[rows])


def path_drawdown(returns: Floats, intraday: Intraday) -> Floats:
    """Return the maximum drawdown of histories of daily `returns` [..., T], a fraction of the peak; 0 without days."""
    ends = np.cumprod(1.0 + returns, axis=-1)
    begins = np.concatenate([np.ones_like(ends[..., :1]), ends[..., :-1]], axis=-1)
    highs = np.maximum.accumulate(begins * intraday.high, axis=-1)
    peaks = np.maximum(np.concatenate([np.ones_like(highs[..., :1]), highs[..., :-1]], axis=-1), 1.0)
    across: Floats = (1.0 - begins * intraday.low / peaks).max(axis=-1, initial=0.0)
    return np.maximum(across, intraday.fall.max(axis=-1, initial=0.0))
