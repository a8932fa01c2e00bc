# file: learning/models/importance.py
"""Find out which features a model lives on, on rows it has not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.arrays import Floats, Ints
from tradingbot.learning.models.member import Fit, Source
from tradingbot.learning.models.outoffold import time_folds
from tradingbot.learning.models.samples import Labels, Samples
from tradingbot.learning.models.scoring import log_loss

__all__ = ["FeatureImportance", "permutation_importance"]

_MOST_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class FeatureImportance:
    """By how much the log loss rises when a feature's values change places, and the standard error over the folds."""

    rise: float
    error: float


def permutation_importance(
    fit: Fit, samples: Samples, folds: int, embargo: int, repeats: int, seed: int
) -> tuple[FeatureImportance, ...]:
    """Return each feature's importance in purged, embargoed folds: [k]; a fold counts as one observation.

    Of each fold at most 2,000 labelled rows are asked, evenly spread over it.

    Features that say the same share their importance, and each may look unimportant. Source: Lopez de Prado (2018),
    "Advances in Financial Machine Learning", section 8.3.2 (mean decrease accuracy, here of log loss).

    Raises
    ------
    BadInput
        When `repeats` is below 1, or the folds cannot be made or fitted.
    RunFailed
        When a training label leaks.
    """
    if repeats < 1:
        raise BadInput(f"repeats was {repeats}, allowed is 1 or more")
    rng = np.random.default_rng(seed)
    rises = []
    for fold in time_folds(samples, folds, embargo):
        train, test = fold.train, _thinned(fold.test[samples.labelled[fold.test]])
        source = fit(samples.x[train], samples.y[train], samples.weight[train])
        if len(test):
            rises.append(_rises(source, samples.take(test), repeats, rng))
    found = np.array(rises)
    errors = found.std(axis=0, ddof=1) / np.sqrt(len(found)) if len(found) > 1 else np.full(found.shape[1], np.nan)
    return tuple(FeatureImportance(*pair) for pair in zip(found.mean(axis=0).tolist(), errors.tolist(), strict=True))


def _thinned(test: Ints) -> Ints:
    return test[:: max(1, -(-len(test) // _MOST_ROWS))]


def _rises(source: Source, test: Samples, repeats: int, rng: np.random.Generator) -> Floats:
    before = _loss(source, test.x, test.y, test.weight)
    rises = np.zeros(test.x.shape[1])
    for feature in range(len(rises)):
        mixed = test.x.copy()
        for _ in range(repeats):
            mixed[:, feature] = rng.permutation(test.x[:, feature])
            rises[feature] += (_loss(source, mixed, test.y, test.weight) - before) / repeats
    return rises


def _loss(source: Source, x: Floats, y: Labels, weight: Floats) -> float:
    return log_loss(source(x), y, weight) or 0.0
