# file: core/statistics/psr.py
"""Tell how probable it is that the true Sharpe ratio beats a benchmark, given a track record's length and shape."""

from __future__ import annotations

import math

from scipy.special import ndtr

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.sharpe import unit_variance

__all__ = ["psr"]


def psr(sr: float, n: int, skew: float = 0.0, kurt: float = 3.0, benchmark: float = 0.0) -> float:
    """Return the probabilistic Sharpe ratio: the probability that the true ratio exceeds `benchmark`, within 0 to 1.

    Phi((sr - benchmark) * sqrt(n - 1) / sqrt(1 - skew * sr + (kurt - 1) / 4 * sr^2)); Bailey and Lopez de Prado (2012),
    "The Sharpe Ratio Efficient Frontier". Both ratios per period, `n` returns, `kurt` 3 for a normal distribution.

    Raises
    ------
    BadInput
        `n` is below 2, or the moments are impossible.
    """
    if n < 2:
        raise BadInput(f"n was {n}, allowed is 2 or more")
    excess = (sr - benchmark) * math.sqrt(n - 1)
    spread = math.sqrt(unit_variance(sr, skew, kurt))
    if spread > 0:
        return float(ndtr(excess / spread))
    return 0.5 if excess == 0 else float(excess > 0)
