# file: learning/drift/baseline.py
"""Drift baseline: each instrument's training data in numbers, and how much they vary by chance; kept with the model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.errors import BadInput
from tradingbot.learning.drift.psi import PsiNull, count_rows, edges_of, null_of_windows, psi, shares


def autocorrelation_time(values: Floats) -> float:
    """Return the integrated autocorrelation time of a series [n], 1 or more: 1 + 2 sum of its autocorrelations.

    The sum ends before the first neighbouring pair that is not positive. The mean of n values varies as that of n over
    this many independent ones. Source: C. Geyer, Practical Markov Chain Monte Carlo, 1992 (initial positive sequence).
    """
    known = values[np.isfinite(values)]
    if len(known) < 8:
        return 1.0
    centred = known - known.mean()
    energy = float(centred @ centred)
    if energy <= 1e-18 * len(known):
        return 1.0
    total = -1.0
    for lag in range(0, len(known) // 3, 2):
        pair = sum(float(centred[: len(known) - step] @ centred[step:]) for step in (lag, lag + 1)) / energy
        if pair <= 0:
            break
        total += 2 * pair
    return max(1.0, total)


BATCHES = 20
"""How many batches make a window."""

_BINS = 10
# Windows side by side without which nothing is known of how they differ, and rows of a bin in a window.
_FEWEST_WINDOWS, _FEWEST_ROWS = 10, 10
_FEWEST_VALUES = 30


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """Baseline of one instrument; columns are the features, then the prediction.

    `edges` [c, 9] inner edges of up to 10 quantile bins, padded with inf; `bins` [c] how many there are; `expected`
    [c, 10] their shares; `nulls` [c, 3] scale and degrees of freedom of the index of a window without drift, NaN where
    it is not judged; `means` [c, 4] mean, variance, count and autocorrelation time of the batches' mean positions among
    the bins, NaN likewise; `label` [4] the same of the labels. `step` rows make a batch, 20 batches a window.
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
    def of_rows(cls, columns: Floats, labels: Floats, window: int) -> Baseline:
        """Return the baseline of rows [n, c] and labels [m] of 0 and 1, both in order of time.

        A window has `window` rows, less where the rows are fewer than ten windows.
        """
        window = min(window, len(columns) // _FEWEST_WINDOWS)
        step = max(1, window // BATCHES)
        count = max(2, min(_BINS, BATCHES * step // _FEWEST_ROWS))
        edges = np.full((columns.shape[1], _BINS - 1), math.inf)
        for row, column in zip(edges, columns.T, strict=True):
            row[: count - 1] = edges_of(column, count)
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
    tau = autocorrelation_time(known)
    # A short sample understates its autocorrelation time.
    return np.array([known.mean(), known.var(), len(known), tau * (1 + 10 * tau / len(known))])


@dataclass(frozen=True, slots=True)
class Reference:
    """One baseline per instrument of training.

    `names` are the features'; `miss` is how often the conformal sets may miss; `every` is how many bars lie between two
    rows of training.
    """

    instruments: tuple[str, ...]
    names: tuple[str, ...]
    baselines: tuple[Baseline, ...]
    miss: float
    every: int

    @classmethod
    def of_training(
        cls,
        features: Floats,
        names: Sequence[str],
        probabilities: Floats,
        y: npt.NDArray[Any],
        miss: float,
        window: int,
        instruments: Sequence[str],
        instrument: Ints,
        every: int = 1,
    ) -> Reference:
        """Return what training keeps.

        Rows are in order of time: `features` [n, k], `probabilities` [n] the model's, NaN where it saw the row when it
        was fitted (of its own rows it is too sure); `y` [n] 1 or 0, -1 where there is no label; `instrument` [n] are
        positions in `instruments`. `window` is in bars.

        Raises BadInput when lengths differ.
        """
        lengths = {len(features), len(probabilities), len(y), len(instrument)}
        if len(lengths) > 1 or features.ndim != 2 or features.shape[1] != len(names):
            raise BadInput(
                f"rows were {sorted(lengths)} and features {features.shape} for {len(names)} names,"
                " allowed is one length and a column for each name"
            )
        columns = np.column_stack([features, probabilities])
        baselines = []
        for number in range(len(instruments)):
            mine = instrument == number
            labels = y[mine & (y >= 0)].astype(np.float64)
            baselines.append(Baseline.of_rows(columns[mine], labels, max(1, window // every)))
        return cls(tuple(instruments), tuple(names), tuple(baselines), miss, every)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return everything as plain arrays."""
        stacked = {
            field.name: np.array([getattr(baseline, field.name) for baseline in self.baselines])
            for field in fields(Baseline)
        }
        return stacked | {
            "instruments": np.array(self.instruments, dtype=np.str_),
            "names": np.array(self.names, dtype=np.str_),
            "miss": np.array(self.miss),
            "every": np.array(self.every),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Reference:
        """Return what `arrays()` gave."""
        instruments = tuple(str(name) for name in arrays["instruments"])
        baselines = []
        for place in range(len(instruments)):
            parts = {field.name: arrays[field.name][place] for field in fields(Baseline)}
            baselines.append(Baseline(**parts | {"step": int(parts["step"])}))
        names = tuple(str(name) for name in arrays["names"])
        return cls(instruments, names, tuple(baselines), float(arrays["miss"]), int(arrays["every"]))
