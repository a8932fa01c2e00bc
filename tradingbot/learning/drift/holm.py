# file: learning/drift/holm.py
"""Judge many p-values at once without one of many alarming by chance."""

from __future__ import annotations

import numpy as np

from tradingbot.core.statistics.arrays import BoolArray, Floats

__all__ = ["holm"]


def holm(p: Floats, level: float) -> BoolArray:
    """Return which of the p-values [k] are too small to be chance, NaN for one that is not judged: [k].

    The chance of one or more false ones is at most `level`, however the values depend on each other. Source: S. Holm, A
    Simple Sequentially Rejective Multiple Test Procedure, 1979.
    """
    rejected = np.zeros(len(p), dtype=np.bool_)
    judged = np.flatnonzero(np.isfinite(p))
    for rank, place in enumerate(judged[np.argsort(p[judged], kind="stable")]):
        if p[place] > level / (len(judged) - rank):
            break
        rejected[place] = True
    return rejected
