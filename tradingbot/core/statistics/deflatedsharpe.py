# file: core/statistics/deflatedsharpe.py
"""Probabilistic and deflated Sharpe ratio, and the minimum track record and backtest length that follow from them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.sharpe import unit_variance


@dataclass(frozen=True, slots=True)
class DeflatedSharpe:
    """The Sharpe ratio that luck alone reaches, per period, and the probability that the true one exceeds it."""

    benchmark: float
    probability: float


def probabilistic_sharpe(sr: float, n: int, skew: float = 0.0, kurt: float = 3.0, benchmark: float = 0.0) -> float:
    """Return the probabilistic Sharpe ratio: the probability that the true ratio exceeds `benchmark`, within 0 to 1.

    Phi((sr - benchmark) * sqrt(n - 1) / sqrt(1 - skew * sr + (kurt - 1) / 4 * sr^2)); Bailey and Lopez de Prado (2012),
    "The Sharpe Ratio Efficient Frontier". Both ratios per period, `n` returns, `kurt` 3 for a normal distribution.

    Raises BadInput: `n` is below 2, or the moments are impossible.
    """
    if n < 2:
        raise BadInput(f"n was {n}, allowed is 2 or more")
    excess = (sr - benchmark) * math.sqrt(n - 1)
    spread = math.sqrt(unit_variance(sr, skew, kurt))
    if spread > 0:
        return float(ndtr(excess / spread))
    return 0.5 if excess == 0 else float(excess > 0)


def expected_maximum(n: int) -> float:
    """Return about how large the largest of `n` independent standard normals is on average; 0 for a single one.

    (1 - g) * Z(1 - 1 / n) + g * Z(1 - 1 / (n * e)), Z the normal quantile and g the Euler-Mascheroni constant; Bailey,
    Borwein, Lopez de Prado and Zhu (2014), "Pseudo-Mathematics and Financial Charlatanism".

    Raises BadInput: `n` is below 1.
    """
    if n < 1:
        raise BadInput(f"trials was {n}, allowed is 1 or more")
    if n == 1:
        return 0.0
    # The upper tail directly: 1 - 1 / n loses its digits when n is large.
    first, second = -float(ndtri(1 / n)), -float(ndtri(1 / (n * math.e)))
    return (1 - np.euler_gamma) * first + np.euler_gamma * second


def deflated_sharpe(sr: float, n: int, skew: float, kurt: float, variance: float, trials: int) -> DeflatedSharpe:
    """Return the deflated Sharpe ratio of the best of `trials`: its PSR against their expected maximum.

    The benchmark is sqrt(variance) * expected_maximum(trials), `variance` being that of the trials' Sharpe ratios;
    Bailey and Lopez de Prado (2014), "The Deflated Sharpe Ratio". Everything per period, `n` returns.

    Raises BadInput: `variance` is negative, `trials` below 1, `n` below 2, or the moments are impossible.
    """
    if variance < 0:
        raise BadInput(f"variance of the trials' Sharpe ratios was {variance:g}, allowed is 0 or more")
    benchmark = math.sqrt(variance) * expected_maximum(trials)
    return DeflatedSharpe(benchmark, probabilistic_sharpe(sr, n, skew, kurt, benchmark))


def min_track_record(
    sr: float, benchmark: float = 0.0, skew: float = 0.0, kurt: float = 3.0, confidence: float = 0.95
) -> float | None:
    """Return the observations after which `sr` exceeds `benchmark` with a PSR of `confidence`.

    1 + (1 - skew * sr + (kurt - 1) / 4 * sr^2) * (z / (sr - benchmark))^2; Bailey and Lopez de Prado (2012), "The
    Sharpe Ratio Efficient Frontier". Both ratios per period. None when `sr` does not exceed `benchmark`: then no length
    is enough.

    Raises BadInput: `confidence` does not lie within 0.5 and 1, or the moments are impossible.
    """
    if not 0.5 <= confidence < 1:
        raise BadInput(f"confidence was {confidence:g}, allowed is 0.5 or more and below 1")
    if sr <= benchmark:
        return None
    return 1 + unit_variance(sr, skew, kurt) * (float(ndtri(confidence)) / (sr - benchmark)) ** 2


def min_backtest_years(trials: int, expected_max: float = 1.0) -> float:
    """Return the years below which the best of `trials` without skill reaches an annual Sharpe ratio of `expected_max`.

    (expected_maximum(trials) / expected_max)^2; Bailey, Borwein, Lopez de Prado and Zhu (2014), "Pseudo-Mathematics and
    Financial Charlatanism". 0 for a single trial.

    Raises BadInput: `trials` is below 1, or `expected_max` not above 0.
    """
    if not expected_max > 0:
        raise BadInput(f"expected_max was {expected_max:g}, allowed is more than 0")
    return (expected_maximum(trials) / expected_max) ** 2
