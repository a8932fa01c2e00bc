# file: core/statistics/maxt.py
"""Max-t test of Romano and Wolf: the best of many trials against the best that luck would give."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tradingbot.core.arrays import BoolArray, Floats, finite
from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.bootstrap import stationary_indices

# A resample that misses the few days which make up a trial's spread would be divided by almost nothing.
_LEAST_ERROR = 0.5
_CHUNK_CELLS = 2_000_000
# Columns go through in parts that stay in a core's cache.
_CACHE_CELLS = 150_000
_NOISE = 1e-12

_Columns = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class MaxT:
    """The candidate's t statistic and its p-values alone and against the maximum over all trials.

    `t` and both p-values are None when the candidate's returns do not vary. `others` [N] are the t statistics of the
    other trials, 0 for one that does not vary.
    """

    t: float | None
    own_p: float | None
    adjusted_p: float | None
    others: Floats


def max_t(candidate: Floats, others: Floats, block: float, resamples: int, rng: np.random.Generator) -> MaxT:
    """Test that the mean of `candidate` is not above zero, given that all `others` were tried too.

    All trials are resampled together, in stationary blocks of days of mean length `block`, so that what they have in
    common stays so, and recentred. The t of a trial is mean / error, with the Bartlett error of Newey and West (1987)
    over ceil(block) - 1 lags, which days that depend on each other do not fool. Every resample is divided by its own
    error (at least half the observed one) by the same formula, so both share its bias and its noise: without that, five
    times too many worthless trials pass when days depend on each other. One-sided p = (1 + resamples whose largest t
    reaches the candidate's) / (1 + resamples) over the candidate and all others; a duplicate changes nothing. Sources:
    White (2000), "A Reality Check for Data Snooping", Econometrica 68(5); Romano and Wolf (2005), "Stepwise Multiple
    Testing as Formalized Data Snooping", Econometrica 73(4); Goncalves and Vogelsang (2011), "Block Bootstrap HAC
    Robust Tests: The Sophistication of the Naive Bootstrap", Econometric Theory 27(4).

    Parameters
    ----------
    candidate
        Returns by day [T].
    others
        Returns of the other trials on the same days [T, N]; NaN on days without data.

    Raises BadInput when the days differ, the candidate lacks some, or there is no resample.
    """
    candidate = finite(candidate, "candidate")
    if others.ndim != 2 or len(others) != len(candidate) or len(candidate) < 2:
        raise BadInput(f"others were {others.shape}, allowed is ({len(candidate)}, trials) with 2 or more days")
    observed, drawn = _statistics(np.column_stack([candidate, others]), block, resamples, rng)
    t = float(observed[0])
    if not np.isfinite(drawn[0, 0]):
        return MaxT(None, None, None, observed[1:])
    own = int(np.count_nonzero(drawn[:, 0] >= t))
    beaten = int(np.count_nonzero(drawn.max(axis=1) >= t))
    return MaxT(t, (1 + own) / (1 + resamples), (1 + beaten) / (1 + resamples), observed[1:])


def step_down(
    returns: Floats, block: float, resamples: int, rng: np.random.Generator, level: float = 0.05
) -> BoolArray:
    """Return which columns of `returns` [T, N] have a mean above zero, [N]; any false one with chance `level`.

    Tests as `max_t` does, takes out what it rejects, and tests the rest against the maximum of the rest, until nothing
    more is rejected. Columns that do not vary are never chosen. Source: Romano and Wolf (2005), algorithm 4.1 (StepM).

    Raises BadInput when there are fewer than 2 days or no resample.
    """
    if returns.ndim != 2 or len(returns) < 2:
        raise BadInput(f"returns were {returns.shape}, allowed is (2 or more days, trials)")
    observed, drawn = _statistics(returns, block, resamples, rng)
    chosen = np.zeros(returns.shape[1], dtype=np.bool_)
    left = np.isfinite(drawn).any(axis=0)
    while left.any():
        largest = drawn[:, left].max(axis=1)
        p = (1 + (largest[:, None] >= observed[left]).sum(axis=0)) / (1 + resamples)
        rejected = np.flatnonzero(left)[p <= level]
        if not len(rejected):
            break
        chosen[rejected], left[rejected] = True, False
    return chosen


def _statistics(columns: Floats, block: float, resamples: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    # The observed t [N], and every resample's recentred t [resamples, N], -inf where there is nothing to divide by.
    if resamples < 1:
        raise BadInput(f"resamples were {resamples}, allowed is 1 or more")
    present = np.isfinite(columns)
    counts = np.maximum(present.sum(axis=0), 1)
    filled = np.where(present, columns, 0.0)
    mean = filled.sum(axis=0) / counts
    centred = np.where(present, filled - mean, 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / counts)
    varies = np.flatnonzero(spread > _NOISE * np.abs(filled).max(axis=0))
    width = math.ceil(block)
    observed, drawn = np.zeros(len(mean)), np.full((resamples, len(mean)), -np.inf)
    parts = []
    for begin in range(0, len(varies), max(1, _CACHE_CELLS // len(columns))):
        part = varies[begin : begin + max(1, _CACHE_CELLS // len(columns))]
        # In units of the spread, so that float32 (twice as fast) is exact enough.
        unit = (centred[:, part] / spread[part]).astype(np.float32)
        held = None if present[:, part].all() else present[:, part].astype(np.float32)
        error = _error(unit, width) / counts[part]
        observed[part] = mean[part] / (spread[part] * error)
        parts.append((part, unit, held, _LEAST_ERROR * error))
    step = max(1, _CHUNK_CELLS // len(columns))
    for begin in range(0, resamples, step):
        chosen = stationary_indices(len(columns), block, min(step, resamples - begin), rng)
        for part, unit, held, least in parts:
            for number, days in enumerate(chosen, start=begin):
                drawn[number, part] = _resampled(unit[days], None if held is None else held[days], width, least)
    return observed, drawn


def _resampled(values: _Columns, held: _Columns | None, width: int, least: Floats) -> Floats:
    ones = np.ones(len(values), dtype=np.float32)
    count = np.full(values.shape[1], len(values)) if held is None else ones @ held
    mean = ones @ values / np.maximum(count, 1)
    values -= mean.astype(np.float32) if held is None else held * mean.astype(np.float32)
    t: Floats = mean / np.maximum(_error(values, width) / np.maximum(count, 1), least)
    return np.where(count > 0, t, -np.inf)


def _error(centred: _Columns, width: int) -> Floats:
    # The Bartlett error of the sum: the root of the sum of squared moving sums of `width` days, over `width`.
    sums = np.square(_moving_sums(centred, width))
    return np.sqrt((np.ones(len(sums), dtype=np.float32) @ sums).astype(np.float64) / width)


def _moving_sums(centred: _Columns, width: int) -> _Columns:
    # Doubled up from sums of 1, 2, 4, ... days: a cumulative sum down the columns is five times slower.
    edge = np.zeros((width - 1, centred.shape[1]), dtype=np.float32)
    doubled = np.concatenate([edge, centred, edge]) if width > 1 else centred
    size = len(doubled) - width + 1
    total: _Columns = np.zeros((size, centred.shape[1]), dtype=np.float32)
    offset, days = 0, 1
    while offset < width:
        if width & days:
            total += doubled[offset : offset + size]
            offset += days
        if offset < width:
            doubled = doubled[:-days] + doubled[days:]
        days *= 2
    return total
