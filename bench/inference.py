# file: bench/inference.py
"""How long a bar waits for its model: exported arrays against asking the frameworks that trained it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import lightgbm
import numpy as np
import xgboost

from bench.child import run
from bench.row import Row
from tradingbot.core.arrays import Floats
from tradingbot.learning.models.portable.boosters import trees_of_lightgbm, trees_of_xgboost
from tradingbot.learning.models.portable.linear import PiecewiseLinear, linear_of
from tradingbot.learning.models.portable.portable import Portable

_ROWS, _WIDTH, _LEAVES = 8_000, 30, 31
_ASKED, _FRAMEWORKS_ASKED, _STARTS = 20_000, 500, 5
_READY = "import tradingbot.learning.models.portable.portable"


def measure() -> list[Row]:
    """Time one row through two forests and a regression, the median of many, and a process until it can be asked."""
    x, y = _lessons()
    rows = [row for trees in (200, 500) for row in _rows(trees, x, y)]
    ready = median(run([sys.executable, "-c", _READY]).seconds for _ in range(_STARTS))
    bare = median(run([sys.executable, "-c", "import numba"]).seconds for _ in range(_STARTS))
    return [*rows, Row("start of a process that answers", ready, "s", bare, "import numba")]


def _rows(trees: int, x: Floats, y: Floats) -> list[Row]:
    light, extreme = _light(trees, x, y), _extreme(trees, x, y)
    members = trees_of_lightgbm(light), trees_of_xgboost(extreme), linear_of(np.ones(_WIDTH), 0.0)
    knots = np.linspace(0, 1, 20)
    model = Portable(members, linear_of([0.4, 0.4, 0.2], 0.0), PiecewiseLinear(knots, knots**2))

    def frameworks(row: Floats) -> object:
        return light.predict(row[None]), extreme.inplace_predict(row[None])

    name, against = f"answer of 2 x {trees} trees", "LightGBM + XGBoost, one row"
    began = time.perf_counter()
    model.probabilities(x)
    together = (time.perf_counter() - began) / len(x) * 1e6
    single, asked = _micros(model.probability, x, _ASKED), _micros(frameworks, x, _FRAMEWORKS_ASKED)
    aim = 10 if trees == 200 else None
    return [Row(name, single, "us", asked, against, aim=aim), Row(f"{name}, many rows", together, "us/row")]


def _micros(ask: Callable[[Floats], object], x: Floats, times: int) -> float:
    taken = []
    for number in range(times):
        row = x[number % len(x)]
        began = time.perf_counter_ns()
        ask(row)
        taken.append(time.perf_counter_ns() - began)
    return median(taken) / 1e3


def _lessons() -> tuple[Floats, Floats]:
    random = np.random.default_rng(1)
    x = random.normal(size=(_ROWS, _WIDTH))
    x[random.random(x.shape) < 0.03] = np.nan
    noisy = np.nan_to_num(x[:, 0]) + 0.3 * np.nan_to_num(x[:, 5]) + random.normal(size=_ROWS)
    return x, (noisy > 0.3).astype(np.float64)


def _light(trees: int, x: Floats, y: Floats) -> Any:
    settings = {"objective": "binary", "num_leaves": _LEAVES, "learning_rate": 0.05, "num_threads": 1, "verbosity": -1}
    return lightgbm.train(settings, lightgbm.Dataset(x, y), trees)


def _extreme(trees: int, x: Floats, y: Floats) -> Any:
    grown = {"grow_policy": "lossguide", "max_leaves": _LEAVES, "max_depth": 0, "eta": 0.05}
    return xgboost.train({"objective": "binary:logistic", "nthread": 1, **grown}, xgboost.DMatrix(x, y), trees)
