# file: learning/models/boosters.py
"""Gradient boosting: fit LightGBM and XGBoost, on one thread and the same each time."""

from __future__ import annotations

import numpy as np

from tradingbot.core.arrays import Floats
from tradingbot.core.config.candidate import BoosterSpec
from tradingbot.learning.models.fitting import Member, even_weights
from tradingbot.learning.models.portable.boosters import trees_of_lightgbm, trees_of_xgboost
from tradingbot.learning.models.samples import Labels

_BINS = 31
_CURVATURE = 0.25  # of the log loss of a row of weight 1 at p = 1/2, in which XGBoost counts a leaf's rows


def fit_lightgbm(spec: BoosterSpec, x: Floats, y: Labels, weight: Floats, seed: int) -> Member:
    """Fit `spec.trees` leaf-wise trees; `min_rows` is the least number of rows in a leaf, whatever their weights.

    Source: Ke et al. (2017), "LightGBM: A Highly Efficient Gradient Boosting Decision Tree".

    Raises BadInput when the rows do not hold both classes.
    """
    import lightgbm

    settings = _lightgbm_settings(spec, seed)
    data = lightgbm.Dataset(x, label=y, weight=even_weights(y, weight), params=settings)
    booster = lightgbm.train(settings, data, num_boost_round=spec.trees)

    def odds(rows: Floats) -> Floats:
        return np.asarray(booster.predict(rows, raw_score=True, num_threads=1), dtype=np.float64)

    return Member(spec.kind, odds, lambda: trees_of_lightgbm(booster))


def _lightgbm_settings(spec: BoosterSpec, seed: int) -> dict[str, object]:
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


def fit_xgboost(spec: BoosterSpec, x: Floats, y: Labels, weight: Floats, seed: int) -> Member:
    """Fit `spec.trees` loss-guided trees; `min_rows` is the least number of rows of mean weight in a leaf, at p = 1/2.

    Source: Chen and Guestrin (2016), "XGBoost: A Scalable Tree Boosting System".

    Raises BadInput when the rows do not hold both classes.
    """
    import xgboost

    data = xgboost.QuantileDMatrix(x, label=y, weight=even_weights(y, weight), nthread=1, max_bin=_BINS)
    booster = xgboost.train(_xgboost_settings(spec, seed), data, num_boost_round=spec.trees)

    def odds(rows: Floats) -> Floats:
        return np.asarray(booster.inplace_predict(rows, predict_type="margin"), dtype=np.float64)

    return Member(spec.kind, odds, lambda: trees_of_xgboost(booster))


def _xgboost_settings(spec: BoosterSpec, seed: int) -> dict[str, object]:
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
