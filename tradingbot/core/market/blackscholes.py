# file: core/market/blackscholes.py
"""European option values for whole columns, in the one case needed: no interest and no dividends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tradingbot.core.market.arrays import Floats

__all__ = ["normal_cdf", "value"]

_OVER = (
    3.52624965998911e-2,
    0.700383064443688,
    6.37396220353165,
    33.912866078383,
    112.079291497871,
    221.213596169931,
    220.206867912376,
)
_UNDER = (
    8.83883476483184e-2,
    1.75566716318264,
    16.064177579207,
    86.7807322029461,
    296.564248779674,
    637.333633378831,
    793.826512519948,
    440.413735824752,
)


def normal_cdf(x: Floats) -> Floats:
    """Return the standard normal distribution function, to about 1e-15.

    Source: J. Hart, Computer Approximations, 1968, algorithm 5666, in the form of G. West, Better approximations to
    cumulative normal functions, 2005. Beyond 7.07 the tail (below 1e-12) is zero here.
    """
    size = np.abs(x)
    tail = np.exp(-(size**2) / 2) * _polynomial(_OVER, size) / _polynomial(_UNDER, size)
    tail = np.where(size < 7.07106781186547, tail, 0.0)
    return np.where(x > 0, 1 - tail, tail)


def value(spot: Floats, strike: Floats, years: Floats, vol: Floats, call: npt.NDArray[np.bool_]) -> Floats:
    """Return the value of calls and puts; arrays broadcast. Intrinsic where no time or no volatility is left.

    c = S N(d1) - K N(d2), p = c - S + K, d1 = (ln(S/K) + v^2 t / 2) / (v sqrt t), d2 = d1 - v sqrt t. Without interest
    and dividends early exercise is worth nothing, so this is the American value too.
    """
    spread = vol * np.sqrt(np.maximum(years, 0.0))
    known = np.maximum(spread, 1e-12)
    upper = np.log(spot / strike) / known + known / 2
    lasting = spot * normal_cdf(upper) - strike * normal_cdf(upper - known)
    intrinsic = np.maximum(spot - strike, 0.0)
    worth = np.where(spread > 1e-12, np.maximum(lasting, intrinsic), intrinsic)
    return np.where(call, worth, worth - spot + strike)


def _polynomial(coefficients: Sequence[float], x: Floats) -> Floats:
    total = np.zeros_like(x)
    for each in coefficients:
        total = total * x + each
    return total
