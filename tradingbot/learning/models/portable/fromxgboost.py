# file: learning/models/portable/fromxgboost.py
"""Take the trees out of an XGBoost booster."""

from __future__ import annotations

import ctypes
import json
from typing import Any

import numpy as np

from tradingbot.core.errors import ConfigError
from tradingbot.learning.models.portable.grown import Grown, joined
from tradingbot.learning.models.portable.trees import Missing, Trees

__all__ = ["trees_of_xgboost"]

_logf = ctypes.CDLL(None).logf
_logf.restype, _logf.argtypes = ctypes.c_float, [ctypes.c_float]


def trees_of_xgboost(booster: Any) -> Trees:
    """Export an XGBoost booster (or its scikit-learn wrapper) of "binary:logistic", up to its best iteration.

    The log-odds are bit for bit those of `booster.predict(d, output_margin=True, iteration_range=(0, best + 1))`:
    the same float32 numbers are added in the same order.

    Raises
    ------
    ConfigError
        The objective or the booster is another, a split is categorical, or there is more than one target.
    """
    booster = booster.get_booster() if hasattr(booster, "get_booster") else booster
    learner = json.loads(bytes(booster.save_raw("json")))["learner"]
    _refuse(learner)
    model = learner["gradient_booster"]["model"]
    trees = [_grown(tree, number) for number, tree in enumerate(model["trees"][: _wanted(learner, model)])]
    if not trees:
        raise ConfigError("XGBoost had 0 trees, allowed is 1 or more")
    settings = json.loads(booster.save_config())["learner"]["learner_model_param"]
    return joined(trees, base=_margin(settings["base_score"]), single=True, width=int(settings["num_feature"]))


def _refuse(learner: dict[str, Any]) -> None:
    objective, booster = learner["objective"]["name"], learner["gradient_booster"]["name"]
    if objective != "binary:logistic":
        raise ConfigError(f"XGBoost's objective was {objective!r}, allowed is 'binary:logistic'")
    if booster != "gbtree":
        raise ConfigError(f"XGBoost's booster was {booster!r}, allowed is 'gbtree'")
    if any(weight != 1 for weight in learner["gradient_booster"]["model"].get("weight_drop", [])):
        raise ConfigError("XGBoost's booster was 'dart' with trees of unlike weight, allowed is 'gbtree'")
    if (targets := int(learner["learner_model_param"].get("num_target", "1"))) > 1:
        raise ConfigError(f"XGBoost had {targets} targets, allowed is 1")


def _wanted(learner: dict[str, Any], model: dict[str, Any]) -> int:
    best = learner["attributes"].get("best_iteration")
    return len(model["trees"]) if best is None else int(model["iteration_indptr"][int(best) + 1])


def _margin(base_score: str) -> float:
    # As XGBoost does it: a probability in float32 becomes log-odds in float32, by the C library's own logarithm, whose
    # last bit is another than that of the rounded exact one for one base score in two hundred.
    one = np.float32(1)
    odds = one / np.float32(base_score.strip("[]")) - one
    return float(np.float32(-_logf(float(odds))))


def _grown(tree: dict[str, Any], number: int) -> Grown:
    if any(tree["split_type"]) or tree["categories_nodes"]:
        raise ConfigError(f"XGBoost's tree {number} had a categorical split, allowed are numbers only")
    left = np.array(tree["left_children"], dtype=np.int64)
    # A leaf keeps its value where a split keeps its threshold; both are float32 written in as few digits as it takes.
    numbers = np.array(tree["split_conditions"], dtype=np.float32).astype(np.float64)
    return Grown(
        feature=np.array(tree["split_indices"], dtype=np.int64),
        threshold=numbers,
        left=left,
        right=np.array(tree["right_children"], dtype=np.int64),
        missing=np.where(np.array(tree["default_left"], dtype=bool), int(Missing.LEFT), int(Missing.RIGHT)),
        value=np.where(left < 0, numbers, 0.0),
    )
