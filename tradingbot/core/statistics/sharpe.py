# file: core/statistics/sharpe.py
"""Sharpe ratio with its standard errors and interval, and the moments of returns they rest on."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from tradingbot.core.arrays import Floats, finite
from tradingbot.core.errors import BadInput

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

    Raises BadInput: `lag` is below 1.
    """
    if lag < 1:
        raise BadInput(f"lag was {lag}, allowed is 1 or more")
    z = _standardised(x)
    return 0.0 if z is None else float(z[:-lag] @ z[lag:]) / len(z)


def sharpe_ratio(returns: npt.ArrayLike) -> float | None:
    """Return mean / std(n - 1) of `returns`, per period and not annualised, against a riskless rate of zero.

    Sharpe (1994), "The Sharpe Ratio". None with fewer than two returns or no variation.
    """
    values = finite(returns, "returns")
    if len(values) < 2:
        return None
    deviation = float(values.std(ddof=1))
    return float(values.mean()) / deviation if deviation > _NOISE else None


def unit_variance(sr: float, skew: float = 0.0, kurt: float = 3.0) -> float:
    """Return the variance of sqrt(n) * (estimated - true Sharpe ratio) for independent returns of any shape.

    1 - skew * sr + (kurt - 1) / 4 * sr^2; Mertens (2002), "Comments on variance of the IID estimator in Lo (2002)".
    `sr` is per period, `kurt` is 3 for a normal distribution.

    Raises BadInput: No distribution has such moments: `kurt` is below 1 + skew^2.
    """
    least = 1 + skew * skew
    if kurt < least * (1 - 1e-9):
        raise BadInput(f"kurtosis was {kurt:g}, allowed with a skewness of {skew:g} is {least:g} or more")
    return max(0.0, 1 - skew * sr + (kurt - 1) / 4 * sr * sr)


def iid_error(sr: float, n: int, skew: float = 0.0, kurt: float = 3.0) -> float:
    """Return the standard error of a per-period Sharpe ratio `sr` of `n` independent returns.

    sqrt((1 - skew * sr + (kurt - 1) / 4 * sr^2) / n); Lo (2002), "The Statistics of Sharpe Ratios", for normal returns,
    Mertens (2002) for any.

    Raises BadInput: `n` is below 1, or the moments are impossible.
    """
    if n < 1:
        raise BadInput(f"n was {n}, allowed is 1 or more")
    return math.sqrt(unit_variance(sr, skew, kurt) / n)


def hac_error(returns: npt.ArrayLike, lags: int | None = None) -> float | None:
    """Return the standard error of the per-period Sharpe ratio when returns depend on earlier ones.

    The GMM error of Lo (2002): the delta method on mean and variance with the covariance of Newey and West
    (1987), Bartlett weights over `lags`. Without `lags` the larger of the rule 4 * (n / 100)^(2/9) of Newey and West
    (1994) and the AR(1) rule of Andrews (1991). None when the Sharpe ratio is.

    Raises BadInput: `lags` is negative or not below the number of returns.
    """
    values = finite(returns, "returns")
    if sharpe_ratio(values) is None:
        return None
    n = len(values)
    if lags is not None and not 0 <= lags < n:
        raise BadInput(f"lags was {lags}, allowed is 0 to {n - 1} with {n} returns")
    influence = _influence(values)
    reach = _bandwidth(influence) if lags is None else lags
    covariances = [float(influence[: n - lag] @ influence[lag:]) / n for lag in range(reach + 1)]
    weights = 1 - np.arange(1, reach + 1) / (reach + 1)
    return math.sqrt(max(0.0, covariances[0] + 2 * float(weights @ covariances[1:])) / n)


def eta(q: int, rho: float | Sequence[float]) -> float:
    """Return the factor that turns a Sharpe ratio per period into one per `q` periods; sqrt(q) without correlation.

    q / sqrt(q + 2 * sum((q - k) * rho_k for k in 1..q-1)); Lo (2002), "The Statistics of Sharpe Ratios". `rho` is the
    first autocorrelation of an AR(1) process (then rho_k = rho^k), or the sequence rho_1, rho_2, ... with zeros after
    its end.

    Raises BadInput: `q` is below 1, or no process has these autocorrelations.
    """
    if q < 1:
        raise BadInput(f"q was {q}, allowed is 1 or more")
    lags = np.arange(1, q)
    tied: Floats = np.zeros(q - 1)
    if isinstance(rho, Sequence):
        tied[: len(rho)] = rho[: q - 1]
    else:
        tied[:] = float(rho) ** lags
    variance = q + 2 * float((q - lags) @ tied)
    if not variance > 0:
        raise BadInput(f"the variance over {q} periods was {variance:g} times that of one, allowed is more than 0")
    return q / math.sqrt(variance)


def sharpe_interval(returns: npt.ArrayLike, days_per_year: int, level: float = 0.95) -> tuple[float, float] | None:
    """Return the annualised Sharpe ratio's two-sided confidence interval at `level`, robust to serial correlation.

    (sr -+ z * hac_error) * sqrt(days_per_year) of daily `returns`, so that it surrounds the annualised ratio as it is
    reported elsewhere. None when the Sharpe ratio is.

    Raises BadInput: `level` does not lie between 0 and 1.
    """
    if not 0 < level < 1:
        raise BadInput(f"level was {level:g}, allowed is between 0 and 1")
    ratio, error = sharpe_ratio(returns), hac_error(returns)
    if ratio is None or error is None:
        return None
    reach, year = float(ndtri((1 + level) / 2)) * error, math.sqrt(days_per_year)
    return (ratio - reach) * year, (ratio + reach) * year


def _standardised(x: npt.ArrayLike) -> Floats | None:
    values = finite(x, "x")
    if not len(values) or np.ptp(values) <= _NOISE * np.abs(values).max():
        return None
    deviations = values - values.mean()
    # Scaled first, so that the square of a very small deviation does not vanish.
    deviations = deviations / np.abs(deviations).max()
    result: Floats = deviations / np.sqrt(np.mean(deviations**2))
    return result


def _influence(values: Floats) -> Floats:
    # How much each return moves the ratio: the gradient of mean / sigma times its moment conditions.
    deviation = float(values.std())
    z = (values - values.mean()) / deviation
    result: Floats = z - float(values.mean()) / deviation / 2 * (z**2 - 1)
    return result


def _bandwidth(influence: Floats) -> int:
    n = len(influence)
    rule = 4 * (n / 100) ** (2 / 9)
    rho = min(0.97, max(-0.97, autocorrelation(influence)))
    andrews = 1.1447 * (4 * rho**2 / (1 - rho**2) ** 2 * n) ** (1 / 3)
    return min(n - 1, int(max(rule, andrews)))
