# file: learning/models/light.py
"""Fit gradient boosted trees with LightGBM, on one thread and the same each time."""

from __future__ import annotations

import lightgbm
import numpy as np

from tradingbot.core.config.recipe import BoosterSpec
from tradingbot.core.statistics.arrays import Floats
from tradingbot.learning.models.member import Member, even_weights
from tradingbot.learning.models.portable.fromlightgbm import trees_of_lightgbm
from tradingbot.learning.models.samples import Labels

__all__ = ["fit_lightgbm"]

_BINS = 31


def fit_lightgbm(spec: BoosterSpec, x: Floats, y: Labels, weight: Floats, seed: int) -> Member:
    """Fit `spec.trees` leaf-wise trees; `min_rows` is the least number of rows in a leaf, whatever their weights.

    Source: Ke et al. (2017), "LightGBM: A Highly Efficient Gradient Boosting Decision Tree".

    Raises
    ------
    BadInput
        When the rows do not hold both classes.
    """
    data = lightgbm.Dataset(x, label=y, weight=even_weights(y, weight), params=_settings(spec, seed))
    booster = lightgbm.train(_settings(spec, seed), data, num_boost_round=spec.trees)

    def odds(rows: Floats) -> Floats:
        return np.asarray(booster.predict(rows, raw_score=True, num_threads=1), dtype=np.float64)

    return Member(spec.kind, odds, lambda: trees_of_lightgbm(booster))


def _settings(spec: BoosterSpec, seed: int) -> dict[str, object]:
    return {
        "objective": "binary",
        "num_leaves": spec.leaves,
        "learning_rate": spec.learning_rate,
        "min_data_in_leaf": spec.min_rows,
        "bagging_fraction": spec.row_share,
        "bagging_freq": 1,
        "feature_fraction": spec.feature_share,
        "lambda_l2": spec.l2,
        "max_bin": _BINS,
        "num_threads": 1,
        "deterministic": True,
        "force_col_wise": True,
        "seed": seed,
        "verbosity": -1,
    }
