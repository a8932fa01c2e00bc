# file: learning/recipes/weighing.py
"""Weigh rows by how much they say that others do not, and how recent they are; or draw them by it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tradingbot.core.config.recipe import ModelRecipe
from tradingbot.core.statistics.uniqueness import average_uniqueness, sequential_bootstrap
from tradingbot.learning.labels.timedecay import time_decay
from tradingbot.learning.models.samples import Samples

__all__ = ["drawn", "weighed"]


def weighed(samples: Samples, recipe: ModelRecipe) -> Samples:
    """Return the rows with weights of average uniqueness times time decay, over the labelled ones.

    Each instrument is weighed by itself. Rows whose weight decays to nothing are left out. Source: Lopez de Prado
    (2018), sections 4.4 and 4.7.
    """
    weight = np.ones(len(samples))
    for number in np.unique(samples.instrument):
        mine = np.flatnonzero((samples.instrument == number) & samples.labelled)
        unique = average_uniqueness(samples.starts[mine], samples.ends[mine])
        weight[mine] = unique * time_decay(unique, recipe.oldest)
    return replace(samples, weight=np.where(weight > 0, weight, 1.0)).take(weight > 0)


def drawn(samples: Samples, seed: int) -> Samples:
    """Return as many labelled rows as there are, drawn by the sequential bootstrap; the others stay.

    Source: Lopez de Prado (2018), section 4.5.
    """
    rng, parts = np.random.default_rng([seed, 11]), [np.flatnonzero(~samples.labelled)]
    for number in np.unique(samples.instrument):
        mine = np.flatnonzero((samples.instrument == number) & samples.labelled)
        parts.append(mine[sequential_bootstrap(samples.starts[mine], samples.ends[mine], len(mine), rng)])
    return samples.take(np.sort(np.concatenate(parts)))
