# file: learning/labels/sampleweights.py
"""Sample weights: average uniqueness times time decay, or the sequential bootstrap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tradingbot.core.arrays import Floats
from tradingbot.core.config.candidate import ModelRecipe
from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.uniqueness import average_uniqueness, sequential_bootstrap
from tradingbot.learning.models.samples import Samples


def time_decay(uniqueness: Floats, oldest: float) -> Floats:
    """Return a weight for each label [m], in order of time, that rises linearly in cumulated uniqueness to 1.

    `oldest` from 0 to 1 is the weight at cumulated uniqueness 0; 1 is no decay. Below 0 the oldest share of -`oldest`
    weighs nothing, and the line starts there. Source: M. Lopez de Prado, Advances in Financial Machine Learning, 2018,
    section 4.7.

    Raises BadInput when `oldest` is not from -1 (excluded) to 1, or a uniqueness is not above 0.
    """
    if not -1 < oldest <= 1:
        raise BadInput(f"oldest was {oldest:g}, allowed is above -1 up to 1")
    if not (uniqueness > 0).all():
        raise BadInput("a uniqueness was 0 or less, allowed is above 0")
    if not len(uniqueness):
        return np.empty(0)
    passed = np.cumsum(uniqueness)
    whole = float(passed[-1])
    slope = (1 - oldest) / whole if oldest >= 0 else 1 / ((1 + oldest) * whole)
    return np.asarray(np.maximum(0.0, 1 - slope * (whole - passed)), dtype=np.float64)


def weigh_samples(samples: Samples, recipe: ModelRecipe) -> Samples:
    """Return the rows with weights of average uniqueness times time decay, over the labelled ones.

    Each instrument is weighed by itself. Rows whose weight decays to nothing are left out. Source: Lopez de Prado
    (2018), sections 4.4 and 4.7.
    """
    weight = np.ones(len(samples))
    for number in np.unique(samples.instrument):
        mine = np.flatnonzero((samples.instrument == number) & samples.labelled)
        unique = average_uniqueness(samples.starts[mine], samples.ends[mine])
        weight[mine] = unique * time_decay(unique, recipe.decay_floor)
    return replace(samples, weight=np.where(weight > 0, weight, 1.0)).take(weight > 0)


def bootstrap_samples(samples: Samples, seed: int) -> Samples:
    """Return as many labelled rows as there are, drawn by the sequential bootstrap; the others stay.

    Source: Lopez de Prado (2018), section 4.5.
    """
    rng, parts = np.random.default_rng([seed, 11]), [np.flatnonzero(~samples.labelled)]
    for number in np.unique(samples.instrument):
        mine = np.flatnonzero((samples.instrument == number) & samples.labelled)
        parts.append(mine[sequential_bootstrap(samples.starts[mine], samples.ends[mine], len(mine), rng)])
    return samples.take(np.sort(np.concatenate(parts)))
