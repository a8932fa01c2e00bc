# file: core/statistics/bootstrap.py
"""Stationary bootstrap: block length, resampled indices, and resampled equity paths."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.intraday import Intraday, path_drawdown

_SHORTEST = 10
# What is resampled at once, in numbers: large enough for speed, small enough for the memory.
_CHUNK_CELLS, _CLUSTER_CELLS = 1_000_000, 2_000_000
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


@dataclass(frozen=True, slots=True)
class RatioInterval:
    """A ratio and its confidence interval."""

    estimate: float
    low: float
    high: float


def stationary_indices(n: int, block: float, size: int, rng: np.random.Generator) -> Ints:
    """Draw `size` resamples of the positions 0..n-1: [size, n].

    Each position follows its predecessor (the first follows the last) with probability 1 - 1 / block, and is drawn
    afresh otherwise. Source: Politis and Romano (1994), "The Stationary Bootstrap", JASA 89(428).

    Raises BadInput when there is nothing to draw, or `block` is below 1.
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


def bootstrap_paths(
    returns: Floats, intraday: Intraday, block: float, resamples: int, rng: np.random.Generator, share: float = 0.05
) -> Paths:
    """Return `resamples` histories of daily `returns` [T] drawn in stationary blocks of mean length `block`.

    A day is drawn with its `intraday` extremes, so that a history's drawdown is that of its bars. What it cannot show
    is a day worse than any that was, or a slide that goes on longer than blocks keep days together.
    `share` of the days, at least one, is the tail of `cvar`, and a day partly in it counts in part. A history without
    variation has a Sharpe ratio of 0. The quantiles are those of the first 2,000 histories, for the sake of memory.
    Source: Politis and Romano (1994).

    Raises BadInput when there are fewer than two days, no resample, a day that loses everything, or `share` is not in
    (0, 1].
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
    for part in _chunks(resamples, days, _CHUNK_CELLS):
        rows = stationary_indices(days, block, part.stop - part.start, rng)
        drawn = returns[rows]
        growth = np.cumprod(1 + drawn, axis=1)
        sharpe[part], drawdown[part] = _sharpe(drawn), path_drawdown(drawn, intraday.take(rows))
        cvar[part], final[part] = _shortfall(drawn, tail), growth[:, -1]
        fan[part] = growth[: max(0, len(fan) - part.start)]
    marks = np.ones((len(_QUANTILES), days + 1))
    marks[:, 1:] = np.quantile(fan, _QUANTILES, axis=0)
    return Paths(sharpe, drawdown, cvar, final, marks)


def profit_factor_interval(
    pnl: Floats, labels: Ints, resamples: int, rng: np.random.Generator, level: float = 0.95
) -> RatioInterval | None:
    """Return gross profit / gross loss and the percentiles of its bootstrap; None without losses or with one cluster.

    Clusters are the unit: `labels` [n] names each trade's, ascending in time. They are drawn in stationary blocks of
    `best_block` of their profits. A resample without losses counts as having the smallest loss that any cluster has,
    so that the ratio is finite. Source: Politis and Romano (1994); Efron and Tibshirani (1993), chapter 13.

    Raises BadInput when the lengths differ, there is no resample, or `level` is not between 0 and 1.
    """
    if len(pnl) != len(labels):
        raise BadInput(f"profits were {len(pnl)} and labels {len(labels)}, allowed is one label for each profit")
    if resamples < 1 or not 0 < level < 1:
        raise BadInput(f"resamples were {resamples} at level {level}, allowed are 1 or more, and above 0 and below 1")
    place = np.unique(labels, return_inverse=True)[1]
    gains = np.bincount(place, weights=np.maximum(pnl, 0.0))
    losses = np.bincount(place, weights=np.maximum(-pnl, 0.0))
    if len(gains) < 2 or not losses.any():
        return None
    floor = float(losses[losses > 0].min())
    block = best_block(gains - losses)
    drawn = np.empty(resamples)
    for part in _chunks(resamples, len(gains), _CLUSTER_CELLS):
        picked = stationary_indices(len(gains), block, part.stop - part.start, rng)
        drawn[part] = gains[picked].sum(axis=1) / np.maximum(losses[picked].sum(axis=1), floor)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return RatioInterval(float(gains.sum() / losses.sum()), float(low), float(high))


def shuffled_drawdowns(fractions: Floats, resamples: int, rng: np.random.Generator) -> Floats:
    """Return the maximum drawdown of `resamples` random orders of the same trades, fractions of the peak: [resamples].

    `fractions` [n] are each trade's profit over equity before it; they compound from 1, so the final equity is the same
    in every order, as are Sharpe ratio and profit factor.

    Raises BadInput when a trade loses everything or more, or `resamples` is negative.
    """
    if resamples < 0:
        raise BadInput(f"resamples were {resamples}, allowed is 0 or more")
    if len(fractions) and not (np.isfinite(fractions) & (fractions > -1)).all():
        raise BadInput(f"the worst trade was {fractions.min()} of equity, allowed is above -1")
    drawdowns = np.zeros(resamples)
    for part in _chunks(resamples if len(fractions) else 0, len(fractions), _CHUNK_CELLS):
        size = part.stop - part.start
        orders = rng.permuted(np.broadcast_to(np.log1p(fractions), (size, len(fractions))), axis=1)
        growth = np.cumsum(orders, axis=1)
        peak = np.maximum(np.maximum.accumulate(growth, axis=1), 0.0)
        drawdowns[part] = -np.expm1((growth - peak).min(axis=1))
    return drawdowns


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


def _sharpe(drawn: Floats) -> Floats:
    spread = drawn.std(axis=1, ddof=1)
    return np.divide(drawn.mean(axis=1), spread, out=np.zeros(len(drawn)), where=spread > _NOISE)


def _shortfall(drawn: Floats, tail: float) -> Floats:
    whole = math.floor(tail + _NOISE)
    after = min(whole, drawn.shape[1] - 1)
    ordered = np.partition(drawn, [whole - 1, after], axis=1)
    loss: Floats = -(ordered[:, :whole].sum(axis=1) + max(0.0, tail - whole) * ordered[:, after]) / tail
    return loss


def _chunks(size: int, width: int, cells: int) -> Iterator[slice]:
    step = max(1, cells // max(width, 1))
    return (slice(begin, min(begin + step, size)) for begin in range(0, size, step))
