# file: core/portfolio/correlation.py
"""How alike two instruments have moved lately."""

from __future__ import annotations

import math

import numpy as np

from tradingbot.core.portfolio.daily import Floats, Ints

__all__ = ["return_correlation"]


def return_correlation(one: tuple[Ints, Floats], other: tuple[Ints, Floats], window: int, minimum: int) -> float | None:
    """Return Pearson's correlation of the last `window` log returns between common stamps, None where too few.

    Each argument is ascending close times (int64 ns) and prices (float64). A stamp that only one of them has counts for
    neither, so that gaps do not shift one series against the other. None also where prices are not positive or did not
    move, since then nothing is known.
    """
    stamps, left, right = np.intersect1d(one[0], other[0], assume_unique=True, return_indices=True)
    if len(stamps) <= minimum:
        return None
    prices = np.stack([one[1][left[-window - 1 :]], other[1][right[-window - 1 :]]])
    if not np.all((prices > 0) & np.isfinite(prices)):
        return None
    returns = np.diff(np.log(prices), axis=1)
    returns -= returns.mean(axis=1, keepdims=True)
    squares = np.einsum("ij,ij->i", returns, returns)
    if not np.all(squares > 1e-24):
        return None
    found = float(returns[0] @ returns[1] / math.sqrt(squares[0] * squares[1]))
    return max(-1.0, min(1.0, found))
