# file: bench/features.py
"""What the default features of a bar cost, live and in training, and how soon a process has them."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Sequence

import numpy as np

from bench.child import run
from bench.row import Row
from tradingbot.core.arrays import Floats
from tradingbot.learning.features.catalogue import DEFAULT
from tradingbot.learning.features.featureset import FeatureSet, PointInTimeBars

_BARS = 20_000
_AT_ONCE = 20
_HOUR = 3_600_000_000_000
_READY = (
    "from tradingbot.learning.features.catalogue import DEFAULT;"
    "from tradingbot.learning.features.featureset import FeatureSet;"
    "FeatureSet(DEFAULT, 2, 3)"
)


def measure() -> list[Row]:
    """Time an update and a fold of the default set, and the start of a process whose compiled form is on disk."""
    moments = _moments()
    folds = [_folded(moments) for _ in range(10)]
    run([sys.executable, "-c", _READY])
    ready = min(run([sys.executable, "-c", _READY]).seconds for _ in range(3))
    bare = min(run([sys.executable, "-c", "import numba"]).seconds for _ in range(3))
    return [
        Row(
            "features of a live bar, p50",
            _updated(DEFAULT, moments),
            "us",
            _updated(["weekend"], moments),
            "one",
            aim=2,
        ),
        Row("features of a bar in training", min(folds), "us"),
        Row("a process has its features", ready, "s", bare, "import numba", aim=2),
    ]


def _updated(names: Sequence[str], moments: PointInTimeBars) -> float:
    # Some bars at a time, since looking at the clock takes a tenth of an update.
    features = FeatureSet(names, 2, 3)
    columns = (moments.open, moments.high, moments.low, moments.close, moments.volume)
    rows = list(zip(moments.ts.tolist(), *(column.tolist() for column in columns), strict=True))
    took, update, none = [], features.update, math.nan
    for first in range(0, _BARS, _AT_ONCE):
        began = time.perf_counter_ns()
        for ts, opened, high, low, close, volume in rows[first : first + _AT_ONCE]:
            update(ts, opened, high, low, close, volume, none, none, none)
        took.append(time.perf_counter_ns() - began)
    return float(np.median(took)) / _AT_ONCE / 1e3


def _folded(moments: PointInTimeBars) -> float:
    features = FeatureSet(DEFAULT, 2, 3)
    began = time.perf_counter()
    features.fold(moments)
    return (time.perf_counter() - began) / _BARS * 1e6


def _moments() -> PointInTimeBars:
    rng = np.random.default_rng(1)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.002, _BARS)))
    opened = np.concatenate([[100.0], close[:-1]])
    high, low = np.maximum(opened, close) * 1.001, np.minimum(opened, close) * 0.999
    none: Floats = np.full(_BARS, math.nan)
    volume = rng.exponential(50, _BARS)
    return PointInTimeBars(_HOUR * np.arange(_BARS), opened, high, low, close, volume, none, none, none)
