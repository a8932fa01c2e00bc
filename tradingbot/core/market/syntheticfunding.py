# file: core/market/syntheticfunding.py
"""A synthetic perpetual's premium over spot, and the funding that follows from it."""

from __future__ import annotations

import math

import numpy as np

from tradingbot.core.market.arrays import Floats, Funding, Ints
from tradingbot.core.market.syntheticpath import Regimes, ar1, level

__all__ = ["CAP", "funding", "premium"]

CAP = 0.005
_INTERVAL_NS = 8 * 3_600_000_000_000
_INTEREST = 0.0001


def premium(rng: np.random.Generator, plan: Regimes, per_day: float) -> Floats:
    """Return the log premium of futures over spot before the first bar and after each one."""
    crowd = np.where(plan.crowding > 0, 0.0009, np.where(plan.crowding < 0, -0.0008, _INTEREST))
    phi = 0.5 ** (2 / per_day)
    noise = ar1(rng.standard_normal(len(crowd)) * 0.00025 * math.sqrt(1 - phi**2), phi)
    after = level(crowd, per_day / 2) + noise + rng.standard_normal(len(crowd)) * 0.00003
    return np.concatenate([[_INTEREST], after])


def funding(ts: Ints, gap: Floats) -> Funding:
    """Return the settlements at 00:00, 08:00 and 16:00 UTC after whole intervals of `gap`, the premium at each `ts`.

    rate = P + clamp(I - P, -0.0005, 0.0005) within +-0.005, with P the interval's mean premium and I = 0.0001.
    Source: Bybit's help page on the funding rate.
    """
    interval = -(-ts // _INTERVAL_NS)
    stamps, start, count = np.unique(interval, return_index=True, return_counts=True)
    mean = np.add.reduceat(gap, start) / count
    whole = count == count.max()
    rate = mean + np.clip(_INTEREST - mean, -0.0005, 0.0005)
    kept = np.round(np.clip(rate, -CAP, CAP), 8)[whole]
    return Funding(stamps[whole] * _INTERVAL_NS, kept, np.full(len(kept), 480, np.int64))
