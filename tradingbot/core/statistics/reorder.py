# file: core/statistics/reorder.py
"""Tell how much of a drawdown was the luck of the order in which trades came."""

from __future__ import annotations

import numpy as np

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.arrays import Floats

__all__ = ["reorder_drawdowns"]

_CHUNK_CELLS = 1_000_000


def reorder_drawdowns(fractions: Floats, resamples: int, rng: np.random.Generator) -> Floats:
    """Return the maximum drawdown of `resamples` random orders of the same trades, fractions of the peak: [resamples].

    `fractions` [n] are each trade's profit over equity before it; they compound from 1, so the final equity is the same
    in every order, as are Sharpe ratio and profit factor.

    Raises
    ------
    BadInput
        When a trade loses everything or more, or `resamples` is negative.
    """
    if resamples < 0:
        raise BadInput(f"resamples were {resamples}, allowed is 0 or more")
    if len(fractions) and not (np.isfinite(fractions) & (fractions > -1)).all():
        raise BadInput(f"the worst trade was {fractions.min()} of equity, allowed is above -1")
    found = np.zeros(resamples)
    step = max(1, _CHUNK_CELLS // max(len(fractions), 1))
    for begin in range(0, resamples if len(fractions) else 0, step):
        size = min(step, resamples - begin)
        orders = rng.permuted(np.broadcast_to(np.log1p(fractions), (size, len(fractions))), axis=1)
        growth = np.cumsum(orders, axis=1)
        peak = np.maximum(np.maximum.accumulate(growth, axis=1), 0.0)
        found[begin : begin + size] = -np.expm1((growth - peak).min(axis=1))
    return found
