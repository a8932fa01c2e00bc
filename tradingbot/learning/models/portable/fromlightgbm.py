# file: learning/models/portable/fromlightgbm.py
"""Take the trees out of a LightGBM booster."""

from __future__ import annotations

from typing import Any

import numpy as np

from tradingbot.core.errors import ConfigError
from tradingbot.core.statistics.arrays import Ints
from tradingbot.learning.models.portable.fields import Array
from tradingbot.learning.models.portable.grown import Grown, joined
from tradingbot.learning.models.portable.trees import Missing, Trees

__all__ = ["trees_of_lightgbm"]

_OBJECTIVE = "binary sigmoid:1"
# `decision_type` has one bit for a categorical split, one for going left by default, and two for what is missing.
_LEFT = 2
_BY_KIND = {(0, 0): Missing.AS_ZERO, (0, 1): Missing.AS_ZERO, (1, 0): Missing.ZERO_RIGHT, (1, 1): Missing.ZERO_LEFT}
_BY_KIND |= {(2, 0): Missing.RIGHT, (2, 1): Missing.LEFT}


def trees_of_lightgbm(booster: Any) -> Trees:
    """Export a LightGBM booster (or its scikit-learn wrapper) of objective "binary", up to its best iteration.

    The log-odds are bit for bit those of `booster.predict(x, raw_score=True)`: the same float64 numbers are added in
    the same order. Shrinkage and the average that boosting began from are part of the leaves already.

    Raises
    ------
    ConfigError
        The objective is another, a split is categorical, a leaf is linear, or the trees are averaged (random forest).
    """
    booster = getattr(booster, "booster_", booster)
    blocks = booster.model_to_string().partition("\nend of trees")[0].split("\n\nTree=")
    head = _settings(blocks[0])
    _refuse(head, blocks[0])
    trees = [_grown(_settings(block), number) for number, block in enumerate(blocks[1:])]
    if not trees:
        raise ConfigError("LightGBM had 0 trees, allowed is 1 or more")
    return joined(trees, base=0.0, single=False, width=int(head["max_feature_idx"]) + 1)


def _settings(block: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in block.splitlines() if "=" in line)


def _refuse(head: dict[str, str], block: str) -> None:
    objective = head.get("objective", "none").strip()
    if objective != _OBJECTIVE:
        raise ConfigError(f"LightGBM's objective was {objective!r}, allowed is 'binary' with a sigmoid of 1")
    if "average_output" in block.splitlines():
        raise ConfigError("LightGBM's boosting was 'rf', allowed are those that add trees up, such as 'gbdt'")


def _grown(tree: dict[str, str], number: int) -> Grown:
    if int(tree["num_cat"]):
        raise ConfigError(f"LightGBM's tree {number} had a categorical split, allowed are numbers only")
    if int(tree.get("is_linear", "0")):
        raise ConfigError(f"LightGBM's tree {number} had linear leaves, allowed are constant ones")
    splits = int(tree["num_leaves"]) - 1
    values = np.array(tree["leaf_value"].split(), dtype=np.float64)
    if not splits:
        return Grown.leaf(values[0])
    kinds = _numbers(tree["decision_type"])
    missing = np.array([_BY_KIND[kind >> 2, (kind & _LEFT) // 2] for kind in kinds.tolist()])
    return Grown(
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
