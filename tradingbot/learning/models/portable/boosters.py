# file: learning/models/portable/boosters.py
"""Export boosted trees out of LightGBM and XGBoost."""

from __future__ import annotations

import ctypes
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tradingbot.core.arrays import Ints
from tradingbot.core.errors import BadInput, ConfigError
from tradingbot.learning.models.portable.fields import Array
from tradingbot.learning.models.portable.trees import Missing, Trees


@dataclass(frozen=True, slots=True, eq=False)
class FrameworkTree:
    """One tree from node 0. `left` and `right` [splits or more] are nodes; a node past their end or below 0 is a leaf.

    `feature`, `threshold` and `missing` are as long as they; `value` [nodes] has a leaf's.
    """

    feature: Array
    threshold: Array
    left: Array
    right: Array
    missing: Array
    value: Array

    @classmethod
    def leaf(cls, value: float) -> FrameworkTree:
        """Return a tree that always answers `value`."""
        none = np.zeros(0, dtype=np.int64)
        return cls(none, np.zeros(0), none, none, none, np.array([value]))


def join_trees(trees: Sequence[FrameworkTree], base: float, single: bool, width: int) -> Trees:
    """Return the forest, each tree level by level; nodes that no way leads to are left out.

    Raises BadInput when a tree has a node twice, or points outside itself.
    """
    parts = [_levels(tree) for tree in trees]
    starts = np.cumsum([0] + [len(part["left"]) for part in parts])
    for part, start in zip(parts, starts[:-1].tolist(), strict=True):
        for side in ("left", "right"):
            part[side] = np.where(part[side] < 0, -1, part[side] + start)
    arrays = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return Trees(**arrays, roots=starts[:-1], base=base, single=single, width=width)


def _levels(tree: FrameworkTree) -> dict[str, Array]:
    order = _order(tree)
    count, places = len(tree.value), np.arange(len(tree.value))
    inner = (places < len(tree.left)) & (_full(tree.left, count, -1) >= 0)
    spot = np.full(count, -1, dtype=np.int64)
    spot[order] = np.arange(len(order))
    left, right = (np.where(inner, spot[_full(side, count, -1)], -1)[order] for side in (tree.left, tree.right))
    kept = inner[order]
    return {
        "feature": np.where(kept, _full(tree.feature, count, 0)[order], 0),
        "threshold": np.where(kept, _full(tree.threshold, count, 0)[order], 0.0),
        "left": left,
        "right": right,
        "missing": np.where(kept, _full(tree.missing, count, 0)[order], int(Missing.AS_ZERO)),
        "value": np.where(kept, 0.0, tree.value[order]),
    }


def _order(tree: FrameworkTree) -> Ints:
    count = len(tree.value)
    left, right = _full(tree.left, count, -1), _full(tree.right, count, -1)
    level, levels, seen = np.zeros(1, dtype=np.int64), [], 0
    while len(level):
        levels.append(level)
        seen += len(level)
        inner = level[left[level] >= 0]
        level = np.column_stack([left[inner], right[inner]]).ravel().astype(np.int64)
        if seen + len(level) > count or (level < 0).any() or (level >= count).any():
            raise BadInput(
                f"a tree of {count} nodes was longer than that or pointed outside itself, allowed is neither"
            )
    return np.concatenate(levels)


def _full(values: Array, count: int, rest: float) -> Array:
    full = np.full(count, rest, dtype=values.dtype)
    full[: len(values)] = values
    return full


_OBJECTIVE = "binary sigmoid:1"
# `decision_type` has one bit for a categorical split, one for going left by default, and two for what is missing.
_LEFT = 2
_BY_KIND = {(0, 0): Missing.AS_ZERO, (0, 1): Missing.AS_ZERO, (1, 0): Missing.ZERO_RIGHT, (1, 1): Missing.ZERO_LEFT}
_BY_KIND |= {(2, 0): Missing.RIGHT, (2, 1): Missing.LEFT}


def trees_of_lightgbm(booster: Any) -> Trees:
    """Export a LightGBM booster (or its scikit-learn wrapper) of objective "binary", up to its best iteration.

    The log-odds are bit for bit those of `booster.predict(x, raw_score=True)`: the same float64 numbers are added in
    the same order. Shrinkage and the average that boosting began from are part of the leaves already.

    Raises ConfigError when the objective is another, a split is categorical, a leaf is linear, or the trees are
    averaged (random forest).
    """
    booster = getattr(booster, "booster_", booster)
    blocks = booster.model_to_string().partition("\nend of trees")[0].split("\n\nTree=")
    head = _settings(blocks[0])
    _refuse_lightgbm(head, blocks[0])
    trees = [_lightgbm_tree(_settings(block), number) for number, block in enumerate(blocks[1:])]
    if not trees:
        raise ConfigError("LightGBM had 0 trees, allowed is 1 or more")
    return join_trees(trees, base=0.0, single=False, width=int(head["max_feature_idx"]) + 1)


def _settings(block: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in block.splitlines() if "=" in line)


def _refuse_lightgbm(head: dict[str, str], block: str) -> None:
    objective = head.get("objective", "none").strip()
    if objective != _OBJECTIVE:
        raise ConfigError(f"LightGBM's objective was {objective!r}, allowed is 'binary' with a sigmoid of 1")
    if "average_output" in block.splitlines():
        raise ConfigError("LightGBM's boosting was 'rf', allowed are those that add trees up, such as 'gbdt'")


def _lightgbm_tree(tree: dict[str, str], number: int) -> FrameworkTree:
    if int(tree["num_cat"]):
        raise ConfigError(f"LightGBM's tree {number} had a categorical split, allowed are numbers only")
    if int(tree.get("is_linear", "0")):
        raise ConfigError(f"LightGBM's tree {number} had linear leaves, allowed are constant ones")
    splits = int(tree["num_leaves"]) - 1
    values = np.array(tree["leaf_value"].split(), dtype=np.float64)
    if not splits:
        return FrameworkTree.leaf(values[0])
    kinds = _numbers(tree["decision_type"])
    missing = np.array([_BY_KIND[kind >> 2, (kind & _LEFT) // 2] for kind in kinds.tolist()])
    return FrameworkTree(
        feature=_numbers(tree["split_feature"]),
        threshold=np.array(tree["threshold"].split(), dtype=np.float64),
        left=_place(_numbers(tree["left_child"]), splits),
        right=_place(_numbers(tree["right_child"]), splits),
        missing=missing,
        value=np.concatenate([np.zeros(splits), values]),
    )


def _numbers(text: str) -> Ints:
    return np.array(text.split(), dtype=np.int64)


def _place(children: Ints, splits: int) -> Array:
    # LightGBM writes leaf i as the child -(i + 1); here leaves follow the splits.
    return np.where(children < 0, splits - 1 - children, children)


_logf = ctypes.CDLL(None).logf
_logf.restype, _logf.argtypes = ctypes.c_float, [ctypes.c_float]


def trees_of_xgboost(booster: Any) -> Trees:
    """Export an XGBoost booster (or its scikit-learn wrapper) of "binary:logistic", up to its best iteration.

    The log-odds are bit for bit those of `booster.predict(d, output_margin=True, iteration_range=(0, best + 1))`:
    the same float32 numbers are added in the same order.

    Raises ConfigError when the objective or the booster is another, a split is categorical, or there is more than one
    target.
    """
    booster = booster.get_booster() if hasattr(booster, "get_booster") else booster
    learner = json.loads(bytes(booster.save_raw("json")))["learner"]
    _refuse_xgboost(learner)
    model = learner["gradient_booster"]["model"]
    trees = [_xgboost_tree(tree, number) for number, tree in enumerate(model["trees"][: _wanted(learner, model)])]
    if not trees:
        raise ConfigError("XGBoost had 0 trees, allowed is 1 or more")
    settings = json.loads(booster.save_config())["learner"]["learner_model_param"]
    return join_trees(trees, base=_margin(settings["base_score"]), single=True, width=int(settings["num_feature"]))


def _refuse_xgboost(learner: dict[str, Any]) -> None:
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


def _xgboost_tree(tree: dict[str, Any], number: int) -> FrameworkTree:
    if any(tree["split_type"]) or tree["categories_nodes"]:
        raise ConfigError(f"XGBoost's tree {number} had a categorical split, allowed are numbers only")
    left = np.array(tree["left_children"], dtype=np.int64)
    # A leaf keeps its value where a split keeps its threshold; both are float32 written in as few digits as it takes.
    numbers = np.array(tree["split_conditions"], dtype=np.float32).astype(np.float64)
    return FrameworkTree(
        feature=np.array(tree["split_indices"], dtype=np.int64),
        threshold=numbers,
        left=left,
        right=np.array(tree["right_children"], dtype=np.int64),
        missing=np.where(np.array(tree["default_left"], dtype=bool), int(Missing.LEFT), int(Missing.RIGHT)),
        value=np.where(left < 0, numbers, 0.0),
    )
