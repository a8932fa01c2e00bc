# file: core/statistics/deflated.py
"""Lower the confidence in a Sharpe ratio by what the best of many trials reaches by luck."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import ndtri

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.psr import psr

__all__ = ["Deflated", "deflated", "expected_maximum"]

_EULER_MASCHERONI = 0.5772156649015329


@dataclass(frozen=True, slots=True)
class Deflated:
    """The Sharpe ratio that luck alone reaches, per period, and the probability that the true one exceeds it."""

    benchmark: float
    probability: float


def expected_maximum(n: int) -> float:
    """Return about how large the largest of `n` independent standard normals is on average; 0 for a single one.

    (1 - g) * Z(1 - 1 / n) + g * Z(1 - 1 / (n * e)), Z the normal quantile and g the Euler-Mascheroni constant; Bailey,
    Borwein, Lopez de Prado and Zhu (2014), "Pseudo-Mathematics and Financial Charlatanism".

    Raises
    ------
    BadInput
        `n` is below 1.
    """
    if n < 1:
        raise BadInput(f"trials was {n}, allowed is 1 or more")
    if n == 1:
        return 0.0
    # The upper tail directly: 1 - 1 / n loses its digits when n is large.
    first, second = -float(ndtri(1 / n)), -float(ndtri(1 / (n * math.e)))
    return (1 - _EULER_MASCHERONI) * first + _EULER_MASCHERONI * second


def deflated(sr: float, n: int, skew: float, kurt: float, variance: float, trials: int) -> Deflated:
    """Return the deflated Sharpe ratio of the best of `trials`: its PSR against their expected maximum.

    The benchmark is sqrt(variance) * expected_maximum(trials), `variance` being that of the trials' Sharpe ratios;
    Bailey and Lopez de Prado (2014), "The Deflated Sharpe Ratio". Everything per period, `n` returns.

    Raises
    ------
    BadInput
        `variance` is negative, `trials` below 1, `n` below 2, or the moments are impossible.
    """
    if variance < 0:
        raise BadInput(f"variance of the trials' Sharpe ratios was {variance:g}, allowed is 0 or more")
    benchmark = math.sqrt(variance) * expected_maximum(trials)
    return Deflated(benchmark, psr(sr, n, skew, kurt, benchmark))
