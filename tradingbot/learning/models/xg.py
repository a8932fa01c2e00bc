# file: learning/models/xg.py
"""Fit gradient boosted trees with XGBoost, on one thread and the same each time."""

from __future__ import annotations

import numpy as np
import xgboost

from tradingbot.core.config.recipe import BoosterSpec
from tradingbot.core.statistics.arrays import Floats
from tradingbot.learning.models.member import Member, even_weights
from tradingbot.learning.models.portable.fromxgboost import trees_of_xgboost
from tradingbot.learning.models.samples import Labels

__all__ = ["fit_xgboost"]

_BINS = 31
_CURVATURE = 0.25  # of the log loss of a row of weight 1 at p = 1/2, in which XGBoost counts a leaf's rows


def fit_xgboost(spec: BoosterSpec, x: Floats, y: Labels, weight: Floats, seed: int) -> Member:
    """Fit `spec.trees` loss-guided trees; `min_rows` is the least number of rows of mean weight in a leaf, at p = 1/2.

    Source: Chen and Guestrin (2016), "XGBoost: A Scalable Tree Boosting System".

    Raises
    ------
    BadInput
        When the rows do not hold both classes.
    """
    settings = _settings(spec, seed)
    data = xgboost.QuantileDMatrix(x, label=y, weight=even_weights(y, weight), nthread=1, max_bin=_BINS)
    booster = xgboost.train(settings, data, num_boost_round=spec.trees)

    def odds(rows: Floats) -> Floats:
        return np.asarray(booster.inplace_predict(rows, predict_type="margin"), dtype=np.float64)

    return Member(spec.kind, odds, lambda: trees_of_xgboost(booster))


def _settings(spec: BoosterSpec, seed: int) -> dict[str, object]:
    return {
        "objective": "binary:logistic",
        "tree_method": "hist",
        "grow_policy": "lossguide",
        "max_depth": 0,
        "max_leaves": spec.leaves,
        "learning_rate": spec.learning_rate,
        "min_child_weight": spec.min_rows * _CURVATURE,
        "subsample": spec.row_share,
        "colsample_bytree": spec.feature_share,
        "lambda": spec.l2,
        "max_bin": _BINS,
        "nthread": 1,
        "seed": seed,
        "verbosity": 0,
    }
