# file: learning/drift/portrait.py
"""Draw what one instrument looked like in training, and how much it looked unlike itself by chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tradingbot.core.statistics.arrays import Floats, Ints
from tradingbot.learning.drift.binning import count_rows, edges_of
from tradingbot.learning.drift.memory import memory_of
from tradingbot.learning.drift.psi import PsiNull, null_of_windows, psi, shares

__all__ = ["BATCHES", "Portrait", "positions"]

BATCHES = 20
"""How many batches make a window."""

_BINS = 10
# Windows side by side without which nothing is known of how they differ, and rows of a bin in a window.
_FEWEST_WINDOWS, _FEWEST_ROWS = 10, 10
_FEWEST_VALUES = 30


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """Columns are the features, then the prediction.

    `edges` [c, 9] inner edges of up to 10 quantile bins, padded with inf; `bins` [c] how many there are; `expected`
    [c, 10] their shares; `nulls` [c, 3] scale and degrees of freedom of the index of a window without drift, NaN where
    it is not judged; `means` [c, 4] mean, variance, count and memory of the batches' mean positions among the bins, NaN
    likewise; `label` [4] the same of the labels. `step` rows make a batch, 20 batches a window.
    """

    edges: Floats
    bins: Ints
    expected: Floats
    nulls: Floats
    means: Floats
    label: Floats
    step: int

    @property
    def window(self) -> int:
        """How many rows a window has."""
        return BATCHES * self.step

    @classmethod
    def of_rows(cls, columns: Floats, labels: Floats, window: int) -> Portrait:
        """Return the portrait of rows [n, c] and labels [m] of 0 and 1, both in order of time.

        A window has `window` rows, less where the rows are fewer than ten windows.
        """
        window = min(window, len(columns) // _FEWEST_WINDOWS)
        step = max(1, window // BATCHES)
        count = max(2, min(_BINS, BATCHES * step // _FEWEST_ROWS))
        edges = np.array([_padded(edges_of(column, count)) for column in columns.T])
        bins = 1 + np.isfinite(edges).sum(axis=1)
        batches = _batches(columns, edges, step)
        expected = shares(batches.sum(axis=0), bins)
        return cls(
            edges=edges,
            bins=bins,
            expected=expected,
            nulls=_nulls(batches, bins, expected, BATCHES * step),
            means=np.array([_moments(series) for series in positions(batches, bins).T]),
            label=_moments(labels),
            step=step,
        )

    def null(self, column: int) -> PsiNull:
        """Return the null of a column's index."""
        scale, above, below = self.nulls[column].tolist()
        return PsiNull(scale, above, below)


def positions(counts: Floats, bins: Ints) -> Floats:
    """Return the mean place of the counted rows among the bins, 0 to 1: [..., c, bins] -> [..., c], NaN for none."""
    places = (np.arange(counts.shape[-1]) + 0.5) / bins[:, None]
    rows = counts.sum(axis=-1)
    found: Floats = np.full(rows.shape, math.nan)
    np.divide((counts * places).sum(axis=-1), rows, out=found, where=rows > 0)
    return found


def _padded(edges: Floats) -> Floats:
    return np.concatenate([edges, np.full(_BINS - 1 - len(edges), math.inf)])


def _batches(columns: Floats, edges: Floats, step: int) -> Floats:
    """Return the counts of each whole batch: [batches, c, bins]."""
    rows = np.ascontiguousarray(columns, dtype=np.float64)
    firsts = range(0, len(rows) - step + 1, step)
    found = [count_rows(rows[first : first + step], edges) for first in firsts]
    return np.array(found) if found else np.zeros((0, len(edges), _BINS))


def _nulls(batches: Floats, bins: Ints, expected: Floats, window: int) -> Floats:
    nulls = np.full((len(bins), 3), math.nan)
    if len(batches) < BATCHES:
        return nulls
    total = np.concatenate([np.zeros_like(batches[:1]), np.cumsum(batches, axis=0)])
    windows = total[BATCHES:] - total[:-BATCHES]
    values = psi(shares(windows, bins), expected)
    rows = windows.sum(axis=-1)
    for column, count in enumerate(bins.tolist()):
        full = rows[:, column] >= window / 2
        beside = float(batches[:, column].sum()) / window
        if count > 1 and beside >= _FEWEST_WINDOWS - 1 and full.any():
            null = null_of_windows(values[full, column], count, beside)
            nulls[column] = null.scale, null.above, null.below
    return nulls


def _moments(series: Floats) -> Floats:
    known = series[np.isfinite(series)]
    if len(known) < _FEWEST_VALUES or known.var() <= 0:
        return np.full(4, math.nan)
    memory = memory_of(known)
    # A short sample understates its memory.
    return np.array([known.mean(), known.var(), len(known), memory * (1 + 10 * memory / len(known))])
