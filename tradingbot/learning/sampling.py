# file: learning/sampling.py
"""Choose the bars at whose close something is decided: every so many, or after every move of some size."""

from __future__ import annotations

import numba
import numpy as np

from tradingbot.core.errors import BadInput
from tradingbot.core.market.arrays import Floats, Ints
from tradingbot.core.statistics.arrays import BoolArray, finite

__all__ = ["cusum", "every"]


def every(n_bars: int, step: int) -> Ints:
    """Return the positions of each `step`th of `n_bars` bars, the first after `step` bars.

    Raises
    ------
    BadInput
        When the step is below 1, or the number of bars negative.
    """
    if step < 1 or n_bars < 0:
        raise BadInput(f"every {step} of {n_bars} bars was asked, allowed is every 1 or more of 0 or more")
    return np.arange(step - 1, n_bars, step, dtype=np.int64)


def cusum(close: Floats, threshold: Floats | float) -> Ints:
    """Return the positions of the bars at whose close the price has moved by `threshold` since something last did.

    A symmetric CUSUM filter on log returns r: up = max(0, up + r) and down = min(0, down + r); at up >= threshold or
    down <= -threshold the bar is taken and that sum starts again. The threshold is a log return, one or one per bar
    [n]; NaN takes no bar, as where a volatility is not yet known. A bar depends on those before it only.

    Source: M. Lopez de Prado, Advances in Financial Machine Learning, 2018, section 2.5.2.1.

    Raises
    ------
    BadInput
        When a price is not finite and above 0, a threshold is not above 0, or the lengths differ.
    """
    prices = finite(close, "close")
    if (prices <= 0).any():
        place = int(np.argmax(prices <= 0))
        raise BadInput(f"close of bar {place} was {prices[place]:g}, allowed is above 0")
    limits = np.asarray(threshold, dtype=np.float64)
    if limits.shape not in ((), prices.shape):
        raise BadInput(f"thresholds had shape {limits.shape}, allowed is one, or one for each of {len(prices)} bars")
    if (limits <= 0).any() or (limits.ndim == 0 and np.isnan(limits)):
        raise BadInput(f"threshold was {np.min(limits):g}, allowed is above 0")
    return np.flatnonzero(_taken(np.log(prices), np.ascontiguousarray(np.broadcast_to(limits, prices.shape))))


@numba.njit(cache=True, error_model="numpy")
def _taken(path: Floats, limits: Floats) -> BoolArray:
    taken = np.zeros(len(path), np.bool_)
    up = down = 0.0
    for bar in range(1, len(path)):
        move = path[bar] - path[bar - 1]
        up, down = max(0.0, up + move), min(0.0, down + move)
        if up >= limits[bar]:
            taken[bar], up = True, 0.0
        elif down <= -limits[bar]:
            taken[bar], down = True, 0.0
    return taken
