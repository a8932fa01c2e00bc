# file: core/statistics/pathboot.py
"""Show the other histories that the same days could have made."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.arrays import Floats
from tradingbot.core.statistics.bootstrap import stationary_indices
from tradingbot.core.statistics.intraday import Intraday, path_drawdown

__all__ = ["Paths", "bootstrap_paths"]

_CHUNK_CELLS = 1_000_000
_FAN = 2_000
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_NOISE = 1e-12


@dataclass(frozen=True, slots=True)
class Paths:
    """What each resampled history would have shown.

    `sharpe` (per day, not annualised), `drawdown` (deepest, a fraction of the peak), `cvar` (mean loss on the worst
    days, a positive fraction) and `final` (growth of 1) are [size]. `quantiles` [5, T + 1] are growth at 5, 25, 50, 75
    and 95 %, day by day from 1.
    """

    sharpe: Floats
    drawdown: Floats
    cvar: Floats
    final: Floats
    quantiles: Floats


def bootstrap_paths(
    returns: Floats, intraday: Intraday, block: float, resamples: int, rng: np.random.Generator, share: float = 0.05
) -> Paths:
    """Return `resamples` histories of daily `returns` [T] drawn in stationary blocks of mean length `block`.

    A day is drawn with its `intraday` extremes, so that a history's drawdown is that of its bars. What it cannot show
    is a day worse than any that was, or a slide that goes on longer than blocks keep days together.
    `share` of the days, at least one, is the tail of `cvar`, and a day partly in it counts in part. A history without
    variation has a Sharpe ratio of 0. The quantiles are those of the first 2,000 histories, for the sake of memory.
    Source: Politis and Romano (1994).

    Raises
    ------
    BadInput
        When there are fewer than two days, no resample, a day that loses everything, or `share` is not in (0, 1].
    """
    days = len(returns)
    if days < 2 or resamples < 1:
        raise BadInput(f"days were {days} and resamples {resamples}, allowed are 2 or more and 1 or more")
    if not (np.isfinite(returns) & (returns > -1)).all():
        raise BadInput(f"the lowest daily return was {returns.min()}, allowed is above -1")
    if not 0 < share <= 1:
        raise BadInput(f"share was {share}, allowed is above 0 and at most 1")
    tail = max(1.0, days * share)
    sharpe, drawdown, cvar, final = np.empty((4, resamples))
    fan = np.empty((min(resamples, _FAN), days), dtype=np.float32)
    step = max(1, _CHUNK_CELLS // days)
    for begin in range(0, resamples, step):
        rows = stationary_indices(days, block, min(step, resamples - begin), rng)
        drawn = returns[rows]
        growth = np.cumprod(1 + drawn, axis=1)
        part = slice(begin, begin + len(drawn))
        sharpe[part], drawdown[part] = _sharpe(drawn), path_drawdown(drawn, intraday.take(rows))
        cvar[part], final[part] = _shortfall(drawn, tail), growth[:, -1]
        fan[part] = growth[: max(0, len(fan) - begin)]
    marks = np.ones((len(_QUANTILES), days + 1))
    marks[:, 1:] = np.quantile(fan, _QUANTILES, axis=0)
    return Paths(sharpe, drawdown, cvar, final, marks)


def _sharpe(drawn: Floats) -> Floats:
    spread = drawn.std(axis=1, ddof=1)
    return np.divide(drawn.mean(axis=1), spread, out=np.zeros(len(drawn)), where=spread > _NOISE)


def _shortfall(drawn: Floats, tail: float) -> Floats:
    whole = math.floor(tail + _NOISE)
    after = min(whole, drawn.shape[1] - 1)
    ordered = np.partition(drawn, [whole - 1, after], axis=1)
    loss: Floats = -(ordered[:, :whole].sum(axis=1) + max(0.0, tail - whole) * ordered[:, after]) / tail
    return loss
