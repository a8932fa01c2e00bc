# file: core/statistics/bootstrap.py
"""Resample dependent days in blocks, so that what comes after what is kept."""

from __future__ import annotations

import math

import numpy as np

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.arrays import Floats, Ints

__all__ = ["best_block", "stationary_indices"]

_SHORTEST = 10


def stationary_indices(n: int, block: float, size: int, rng: np.random.Generator) -> Ints:
    """Draw `size` resamples of the positions 0..n-1: [size, n].

    Each position follows its predecessor (the first follows the last) with probability 1 - 1 / block, and is drawn
    afresh otherwise. Source: Politis and Romano (1994), "The Stationary Bootstrap", JASA 89(428).

    Raises
    ------
    BadInput
        When there is nothing to draw, or `block` is below 1.
    """
    if n < 1 or size < 0:
        raise BadInput(f"positions to resample were {n} and resamples {size}, allowed are 1 or more and 0 or more")
    if not block >= 1:
        raise BadInput(f"block was {block}, allowed is 1 or more")
    fresh = rng.integers(n, size=(size, n))
    if block == 1:
        return fresh
    begins = rng.random((size, n)) <= 1 / block
    begins[:, 0] = True
    steps = np.arange(n)
    last = np.maximum.accumulate(np.where(begins, steps, 0), axis=1)
    drawn: Ints = (np.take_along_axis(fresh, last, axis=1) + steps - last) % n
    return drawn


def best_block(x: Floats) -> float:
    """Return the mean block length that resamples the mean of `x` best, in observations: 1 to min(3 sqrt(n), n / 3).

    (2 G^2 / D)^(1/3) n^(1/3) over a flat-top lag window that ends where autocorrelations become insignificant; 1 for a
    constant or fewer than 10 observations. Source: Politis and White (2004), "Automatic Block-Length Selection for the
    Dependent Bootstrap", Econometric Reviews 23(1), as corrected by Patton, Politis and White (2009), 28(4).
    """
    n = len(x)
    centred = x - x.mean() if n else x
    if n < _SHORTEST or float(np.abs(centred).max()) <= 1e-12 * float(np.abs(x).max()):
        return 1.0
    quiet = max(5, int(math.log10(n)))
    longest = min(math.ceil(math.sqrt(n)) + quiet, n - 2)
    covariances = np.array([centred[lag:] @ centred[: n - lag] for lag in range(longest + 1)]) / n
    window = min(2 * max(_first_quiet_lag(centred, covariances, quiet), 1), longest)
    lags = np.arange(1, window + 1)
    weighted = 2 * np.minimum(1.0, 2 * (1 - lags / window)) * covariances[1 : window + 1]
    spread = float((lags * weighted).sum())
    longrun = float(covariances[0] + weighted.sum())
    largest = math.ceil(min(3 * math.sqrt(n), n / 3))
    if longrun == 0:
        return float(largest)
    return float(min(max((spread**2 / longrun**2 * n) ** (1 / 3), 1.0), largest))


def _first_quiet_lag(centred: Floats, covariances: Floats, quiet: int) -> int:
    n, longest = len(centred), len(covariances) - 1
    squares = np.concatenate([[0.0], np.cumsum(centred**2)])
    lags = np.arange(longest + 1)
    scale = np.sqrt((squares[n] - squares[np.minimum(lags + 1, n)]) * squares[n - lags - 1])
    still = np.abs(covariances) * n < 2 * math.sqrt(math.log10(n) / n) * scale
    for lag in range(longest - quiet + 1):
        if still[lag : lag + quiet].all():
            return lag
    return longest
