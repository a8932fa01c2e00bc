# file: learning/models/portable/grown.py
"""Put trees as a framework grew them, in any order of nodes, into one forest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.arrays import Ints
from tradingbot.learning.models.portable.fields import Array
from tradingbot.learning.models.portable.trees import Missing, Trees

__all__ = ["Grown", "joined"]


@dataclass(frozen=True, slots=True, eq=False)
class Grown:
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
    def leaf(cls, value: float) -> Grown:
        """Return a tree that always answers `value`."""
        none = np.zeros(0, dtype=np.int64)
        return cls(none, np.zeros(0), none, none, none, np.array([value]))


def joined(trees: Sequence[Grown], base: float, single: bool, width: int) -> Trees:
    """Return the forest, each tree level by level; nodes that no way leads to are left out.

    Raises
    ------
    BadInput
        A tree has a node twice, or points outside itself.
    """
    parts = [_levels(tree) for tree in trees]
    starts = np.cumsum([0] + [len(part["left"]) for part in parts])
    for part, start in zip(parts, starts[:-1].tolist(), strict=True):
        for side in ("left", "right"):
            part[side] = np.where(part[side] < 0, -1, part[side] + start)
    arrays = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return Trees(**arrays, roots=starts[:-1], base=base, single=single, width=width)


def _levels(tree: Grown) -> dict[str, Array]:
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


def _order(tree: Grown) -> Ints:
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
