# file: core/statistics/moments.py
"""Describe the shape of a series of returns: how lopsided, how heavy in the tails, how tied to its own past."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.arrays import Floats, finite

__all__ = ["autocorrelation", "kurtosis", "skewness"]

# Below this share of the largest value a spread is rounding noise of equal numbers.
_NOISE = 1e-12


def skewness(x: npt.ArrayLike) -> float:
    """Return the third standardised moment m3 / m2^1.5 of the population; 0 for equal values or none."""
    z = _standardised(x)
    return 0.0 if z is None else float(np.mean(z**3))


def kurtosis(x: npt.ArrayLike) -> float:
    """Return the fourth standardised moment m4 / m2^2 of the population (Pearson: 3 for a normal distribution).

    3 for equal values or none.
    """
    z = _standardised(x)
    return 3.0 if z is None else float(np.mean(z**4))


def autocorrelation(x: npt.ArrayLike, lag: int = 1) -> float:
    """Return the correlation of `x` with itself `lag` observations earlier, within -1 to 1.

    sum(d[t] * d[t + lag]) / sum(d[t]^2) with d = x - mean(x). 0 for equal values and for a lag as long as the series.

    Raises
    ------
    BadInput
        `lag` is below 1.
    """
    if lag < 1:
        raise BadInput(f"lag was {lag}, allowed is 1 or more")
    z = _standardised(x)
    return 0.0 if z is None else float(z[:-lag] @ z[lag:]) / len(z)


def _standardised(x: npt.ArrayLike) -> Floats | None:
    values = finite(x, "x")
    if not len(values) or np.ptp(values) <= _NOISE * np.abs(values).max():
        return None
    deviations = values - values.mean()
    # Scaled first, so that the square of a very small deviation does not vanish.
    deviations = deviations / np.abs(deviations).max()
    result: Floats = deviations / np.sqrt(np.mean(deviations**2))
    return result
