# file: core/statistics/maxt.py
"""Tell a good strategy from the best of many bad ones: one test over everything that was tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.arrays import BoolArray, Floats
from tradingbot.core.statistics.bootstrap import mean_error, stationary_indices

__all__ = ["MaxT", "max_t", "step_down"]

_CHUNK_CELLS = 2_000_000
# A resample that misses the few days a sparse trial traded would otherwise be divided by almost nothing.
_LEAST_SPREAD = 0.5
_NOISE = 1e-12


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

    All trials are resampled together, days in stationary blocks of mean length `block`, so that whatever they have in
    common stays so. The t of a trial is its mean over its `mean_error`; a resample's t is the change of the mean over
    the same error times how much the spread of its days changed (at least half). One-sided p = (1 + resamples whose
    largest t reaches the candidate's) / (1 + resamples), over the candidate and all others, so a duplicate of a trial
    changes nothing. Sources: White (2000), "A Reality Check for Data Snooping", Econometrica 68(5); Romano and Wolf
    (2005), "Stepwise Multiple Testing as Formalized Data Snooping", Econometrica 73(4).

    Parameters
    ----------
    candidate
        Returns by day [T].
    others
        Returns of the other trials on the same days [T, N]; NaN on days without data.

    Raises
    ------
    BadInput
        When the days differ, the candidate lacks some, or there is no resample.
    """
    if others.ndim != 2 or len(others) != len(candidate):
        raise BadInput(f"returns of the others were {others.shape}, allowed is ({len(candidate)}, trials)")
    if len(candidate) < 2 or not np.isfinite(candidate).all():
        raise BadInput(f"the candidate's {len(candidate)} returns were incomplete, allowed are 2 or more finite ones")
    columns = np.column_stack([candidate, others])
    observed, varies = _observed(columns, block)
    if not varies[0]:
        return MaxT(None, None, None, observed[1:])
    own = beaten = 0
    for drawn in _drawn(columns[:, varies], block, resamples, rng):
        own += int(np.count_nonzero(drawn[:, 0] >= observed[0]))
        beaten += int(np.count_nonzero(drawn.max(axis=1) >= observed[0]))
    return MaxT(float(observed[0]), (1 + own) / (1 + resamples), (1 + beaten) / (1 + resamples), observed[1:])


def step_down(
    returns: Floats, block: float, resamples: int, rng: np.random.Generator, level: float = 0.05
) -> BoolArray:
    """Return which columns of `returns` [T, N] have a mean above zero, [N], with `level` for a single false claim.

    Tests as `max_t` does, takes out what it rejects, and tests the rest against the maximum of the rest, until nothing
    more is rejected. Source: Romano and Wolf (2005), algorithm 4.1 (StepM). Columns that do not vary are never chosen.

    Raises
    ------
    BadInput
        When there are fewer than 2 days or no resample.
    """
    if returns.ndim != 2 or len(returns) < 2:
        raise BadInput(f"returns were {returns.shape}, allowed is (2 or more days, trials)")
    observed, varies = _observed(returns, block)
    chosen = np.zeros(returns.shape[1], dtype=np.bool_)
    if not varies.any():
        return chosen
    drawn = np.full((resamples, returns.shape[1]), -np.inf)
    drawn[:, varies] = np.concatenate(list(_drawn(returns[:, varies], block, resamples, rng)))
    open_ = varies.copy()
    while open_.any():
        largest = drawn[:, open_].max(axis=1)
        p = (1 + (largest[:, None] >= observed[None, open_]).sum(axis=0)) / (1 + resamples)
        found = np.flatnonzero(open_)[p <= level]
        if not len(found):
            break
        chosen[found], open_[found] = True, False
    return chosen


def _observed(columns: Floats, block: float) -> tuple[Floats, BoolArray]:
    present = np.isfinite(columns)
    counts = present.sum(axis=0)
    values = np.where(present, columns, 0.0)
    mean = values.sum(axis=0) / np.maximum(counts, 1)
    spread = np.sqrt((np.where(present, values - mean, 0.0) ** 2).sum(axis=0) / np.maximum(counts, 1))
    error = mean_error(columns, block)
    varies: BoolArray = (counts > 1) & (spread > _NOISE) & (error > _NOISE * spread)
    return np.divide(mean, error, out=np.zeros_like(mean), where=varies), varies


def _drawn(columns: Floats, block: float, resamples: int, rng: np.random.Generator) -> Iterator[Floats]:
    if resamples < 1:
        raise BadInput(f"resamples were {resamples}, allowed is 1 or more")
    days = len(columns)
    present = np.isfinite(columns)
    counts = present.sum(axis=0)
    centred = np.where(present, columns, 0.0)
    centred = np.where(present, centred - centred.sum(axis=0) / counts, 0.0)
    squares, mask = centred**2, present.astype(np.float64)
    error, spread = mean_error(columns, block), np.sqrt(squares.sum(axis=0) / counts)
    step = max(1, _CHUNK_CELLS // days)
    for begin in range(0, resamples, step):
        size = min(step, resamples - begin)
        cells = stationary_indices(days, block, size, rng) + days * np.arange(size)[:, None]
        weights = np.bincount(cells.ravel(), minlength=size * days).reshape(size, days).astype(np.float64)
        drawn = weights @ mask if not present.all() else np.full((1, 1), float(days))
        filled = np.maximum(drawn, 1.0)
        mean = weights @ centred / filled
        changed = np.sqrt(np.maximum(weights @ squares / filled - mean**2, 0.0)) / spread
        t = mean / (error * np.maximum(changed, _LEAST_SPREAD))
        yield np.where(drawn > 0, t, -np.inf)
