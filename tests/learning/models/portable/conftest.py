# file: tests/learning/models/portable/conftest.py
"""Data that is hard on trees: missing values, zeros, few distinct values; and a way to ask one member alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tradingbot.core.arrays import Floats
from tradingbot.learning.models.portable.linear import IDENTITY, Linear, linear_of
from tradingbot.learning.models.portable.portable import Portable
from tradingbot.learning.models.portable.trees import Trees

SEED = 20


@pytest.fixture(scope="session")
def lessons() -> tuple[Floats, Floats]:
    """Rows [1500, 4] and what to learn from them, 0 or 1 [1500]."""
    rng = np.random.default_rng(SEED)
    x = rng.normal(size=(1500, 4))
    x[rng.random(x.shape) < 0.15] = np.nan
    x[:, 1] = np.where(rng.random(1500) < 0.4, 0, x[:, 1])
    x[:, 2] = np.round(x[:, 2] * 2) / 2
    known = np.nan_to_num(x)
    y = known[:, 0] + known[:, 2] * known[:, 1] + rng.normal(size=1500) > 0.4
    return x, y.astype(np.float64)


@pytest.fixture(scope="session")
def alone() -> Callable[[Trees | Linear], Portable]:
    """A model of one member whose log-odds pass through."""
    return lambda member: Portable((member,), linear_of([1.0], 0.0), IDENTITY)


@pytest.fixture(scope="session")
def hard_rows(lessons: tuple[Floats, Floats]) -> Callable[[Trees], Floats]:
    """Rows at, just below and just above thresholds, in float64 and in float32, and of numbers that are special."""
    return lambda trees: _hard_rows(lessons[0], trees)


def _hard_rows(x: Floats, trees: Trees) -> Floats:
    rng = np.random.default_rng(SEED)
    x = x[:, : trees.width]
    at = rng.permutation(np.unique(trees.threshold))[:100]
    above = np.nextafter(at.astype(np.float32), np.float32(np.inf)).astype(np.float64)
    near = [at, np.nextafter(at, -np.inf), np.nextafter(at, np.inf), above, (at + above) / 2]
    special = np.array([0.0, -0.0, 5e-324, 1e-36, -1e-36, 1e38, -1e38, 1e300, -1.7e308, np.inf, -np.inf, np.nan])
    edge = float(np.float32(1e-35))
    values = np.concatenate([*near, special, [edge, -edge, 1.1e-35, -1.1e-35]])
    rows = [x]
    for feature in range(x.shape[1]):
        some = x[rng.integers(len(x), size=len(values))].copy()
        some[:, feature] = values
        rows.append(some)
    return np.concatenate([*rows, rng.choice(values, size=(300, x.shape[1]))])
