# file: learning/drift/memory.py
"""Tell how many values of a series are worth one independent value."""

from __future__ import annotations

import numpy as np

from tradingbot.core.statistics.arrays import Floats

__all__ = ["memory_of"]


def memory_of(values: Floats) -> float:
    """Return the integrated autocorrelation time of a series [n], 1 or more: 1 + 2 sum of its autocorrelations.

    The sum ends before the first neighbouring pair that is not positive. The mean of n values varies as that of n over
    this many independent ones. Source: C. Geyer, Practical Markov Chain Monte Carlo, 1992 (initial positive sequence).
    """
    known = values[np.isfinite(values)]
    if len(known) < 8:
        return 1.0
    centred = known - known.mean()
    energy = float(centred @ centred)
    if energy <= 1e-18 * len(known):
        return 1.0
    total = -1.0
    for lag in range(0, len(known) // 3, 2):
        pair = sum(float(centred[: len(known) - step] @ centred[step:]) for step in (lag, lag + 1)) / energy
        if pair <= 0:
            break
        total += 2 * pair
    return max(1.0, total)
