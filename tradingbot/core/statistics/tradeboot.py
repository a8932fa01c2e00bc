# file: core/statistics/tradeboot.py
"""Say how sure a profit factor is, with trades held together drawn together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.arrays import Floats, Ints
from tradingbot.core.statistics.bootstrap import best_block, stationary_indices

__all__ = ["Ratio", "profit_factor_interval"]

_CHUNK_CELLS = 2_000_000


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio and its confidence interval."""

    estimate: float
    low: float
    high: float


def profit_factor_interval(
    pnl: Floats, labels: Ints, resamples: int, rng: np.random.Generator, level: float = 0.95
) -> Ratio | None:
    """Return gross profit / gross loss and the percentiles of its bootstrap; None without losses or with one cluster.

    Clusters are the unit: `labels` [n] names each trade's, ascending in time. They are drawn in stationary blocks of
    `best_block` of their profits. A resample without losses counts as having the smallest loss that any cluster has,
    so that the ratio is finite. Source: Politis and Romano (1994); Efron and Tibshirani (1993), chapter 13.

    Raises
    ------
    BadInput
        When the lengths differ, there is no resample, or `level` is not between 0 and 1.
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
    step = max(1, _CHUNK_CELLS // len(gains))
    for begin in range(0, resamples, step):
        picked = stationary_indices(len(gains), block, min(step, resamples - begin), rng)
        ratio = gains[picked].sum(axis=1) / np.maximum(losses[picked].sum(axis=1), floor)
        drawn[begin : begin + len(picked)] = ratio
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Ratio(float(gains.sum() / losses.sum()), float(low), float(high))
