# file: tests/learning/models/planteddecisions.py
"""Decisions whose truth is known: what was planted in them, and nothing else, can be learned."""

from __future__ import annotations

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.config.candidate import BoosterSpec, LinearSpec
from tradingbot.learning.models.samples import Samples

HOUR = 3_600_000_000_000
START = 1_600_000_000_000_000_000
LINEAR = LinearSpec()
LIGHT = BoosterSpec(kind="lightgbm", trees=30, leaves=8, learning_rate=0.1, min_rows=30)
XG = BoosterSpec(kind="xgboost", trees=30, leaves=8, learning_rate=0.1, min_rows=30)
SPECS = (LINEAR, LIGHT, XG)


def planted(n: int, seed: int, straight: float = 0.0, crossed: float = 1.5, features: int = 6) -> Samples:
    """Return decisions 4 hours apart that last 3: log-odds are `straight` * x0 + `crossed` * the sign of x1 * x2."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, features))
    odds = straight * x[:, 0] + crossed * np.sign(x[:, 1] * x[:, 2])
    up = rng.random(n) < 1 / (1 + np.exp(-odds))
    return decisions(x, np.where(up, 0.01, -0.01), START + 4 * HOUR * np.arange(n), 3 * HOUR)


def noise(n: int, seed: int) -> Samples:
    """Return decisions of which nothing can be known, with net returns that neither side gains from."""
    rng = np.random.default_rng(seed)
    x, gain = rng.normal(size=(n, 6)), rng.normal(0, 0.01, n)
    return decisions(x, gain, START + 4 * HOUR * np.arange(n), 3 * HOUR)


def walk(n: int, span: int, seed: int) -> Samples:
    """Return decisions an hour apart on a random walk, each lasting `span` hours, with features that tell the time."""
    rng = np.random.default_rng(seed)
    path = np.cumsum(rng.normal(0, 0.01, n + span))
    clock = np.cumsum(rng.normal(size=(n, 2)), axis=0)
    x, gain = np.column_stack([clock, np.arange(n)]), path[span:] - path[:-span]
    return decisions(x, gain, START + HOUR * np.arange(n), span * HOUR)


def decisions(x: Floats, gain: Floats, starts: Ints, span: int, cost: float = 0.0) -> Samples:
    """Return decisions at `starts` that last `span` ns; a long earns `gain` and a short its opposite, less `cost`."""
    up, ones, nobody = (gain > 0).astype(np.int8), np.ones(len(x)), np.zeros(len(x), dtype=np.int64)
    return Samples(x, up, ones, starts, starts + span, gain - cost, -gain - cost, nobody)
