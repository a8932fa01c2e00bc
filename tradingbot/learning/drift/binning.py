# file: learning/drift/binning.py
"""Sort values into the quantile bins of the training data."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from tradingbot.core.statistics.arrays import Floats

__all__ = ["count_rows", "edges_of"]


def edges_of(values: Floats, bins: int) -> Floats:
    """Return up to bins - 1 inner edges [bins - 1] with equal shares between them, padded with inf.

    NaN is passed over; a value equal to an edge lies above it. Fewer distinct values make fewer bins.
    """
    padded = np.full(bins - 1, math.inf)
    known = values[np.isfinite(values)]
    if len(known):
        inner = np.unique(np.quantile(known, np.arange(1, bins) / bins, method="higher"))
        inner = inner[inner > known.min()]
        padded[: len(inner)] = inner
    return padded


@njit(cache=True, error_model="numpy")
def count_rows(rows: Floats, edges: Floats) -> Floats:
    """Return how many of `rows` [n, k] lie in each bin of each column's `edges` [k, bins - 1]: [k, bins].

    Values that are not finite are counted nowhere.
    """
    columns, inner = edges.shape
    counts = np.zeros((columns, inner + 1))
    for i in range(rows.shape[0]):
        for j in range(columns):
            value = rows[i, j]
            if not np.isfinite(value):
                continue
            place = 0
            while place < inner and value >= edges[j, place]:
                place += 1
            counts[j, place] += 1.0
    return counts
