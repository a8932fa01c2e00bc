# file: learning/models/portable/layout.py
"""Lay members out in memory for the kernel: a node in 16 bytes, brothers side by side, trees of like depth together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tradingbot.core.statistics.arrays import Floats, Ints
from tradingbot.learning.models.portable.fields import Array
from tradingbot.learning.models.portable.kernel import LANES, NODE, SINGLE
from tradingbot.learning.models.portable.knots import Knots
from tradingbot.learning.models.portable.linear import Linear
from tradingbot.learning.models.portable.trees import Trees

__all__ = ["Layout", "lay_out"]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What the kernel reads, in its order.

    `slots` [s, 2]: a feature and how the nodes that look at it see a missing value; slot 0 is always low enough to go
    left. `nodes` [n] of `NODE`. `walks` [w, 3]: a tree's root, where its leaf goes, and the steps of its group of
    `LANES`. `members` [m + 2, 4]: kind, first and last + 1 tree or first number and count; the stack and the knots are
    the last two. `numbers`: the bases, coefficients and knots that `members` points into.
    """

    slots: Array
    nodes: Array
    walks: Array
    members: Array
    numbers: Floats

    @property
    def arrays(self) -> tuple[Array, ...]:
        """All of them, as the kernel takes them."""
        return self.slots, self.nodes, self.walks, self.members, self.numbers


def lay_out(members: Sequence[Trees | Linear], stack: Linear, calibration: Knots) -> Layout:
    """Lay out members that were checked when they were made."""
    forests = [member for member in members if isinstance(member, Trees)]
    slots, places = _slots(forests)
    nodes, roots = _nodes(forests, places)
    depths = np.concatenate([np.zeros(0, dtype=np.int64), *(forest.depths() for forest in forests)])
    table, numbers = _members([*members, stack], calibration)
    return Layout(slots, nodes, _walks(roots, depths), table, numbers)


def _slots(forests: Sequence[Trees]) -> tuple[Array, list[Ints]]:
    # A node's slot is what it looks at: feature and kind of missing value; leaves look at slot 0.
    keys = [np.where(f.leaves, -1, f.feature.astype(np.int64) * 16 + f.missing + SINGLE * f.single) for f in forests]
    used, places = np.unique(np.concatenate([np.array([-1]), *keys]), return_inverse=True)
    slots = np.column_stack([used // 16, used % 16]).astype(np.int32)
    ends = np.cumsum([1] + [len(key) for key in keys])
    return slots, np.split(places.astype(np.int64), ends)[1:-1]


def _nodes(forests: Sequence[Trees], places: Sequence[Ints]) -> tuple[Array, Ints]:
    # Node 0 is a leaf of nothing, for the lanes that a last group leaves empty.
    parts, roots, first = [np.zeros(1, dtype=NODE)], [np.zeros(0, dtype=np.int64)], 1
    for forest, slot in zip(forests, places, strict=True):
        order = _brothers(forest)
        spot = np.empty(len(order), dtype=np.int64)
        spot[order] = first + np.arange(len(order))
        part = np.empty(len(order), dtype=NODE)
        leaves = forest.leaves
        part["threshold"] = np.where(leaves, forest.value, _thresholds(forest))[order]
        part["slot"] = slot[order]
        part["left"] = np.where(leaves, spot, spot[forest.left])[order]
        parts.append(part)
        roots.append(spot[forest.roots])
        first += len(order)
    return np.concatenate(parts), np.concatenate(roots)


def _brothers(forest: Trees) -> Ints:
    # Tree by tree, and in a tree level by level, so that a walk stays close and every right child follows its left one.
    trees, nodes = np.arange(len(forest.roots)), forest.roots.astype(np.int64)
    owners, order = [trees], [nodes]
    while len(nodes):
        inner = ~forest.leaves[nodes]
        trees, nodes = np.repeat(trees[inner], 2), nodes[inner]
        nodes = np.column_stack([forest.left[nodes], forest.right[nodes]]).ravel().astype(np.int64)
        owners.append(trees)
        order.append(nodes)
    found: Ints = np.concatenate(order)[np.argsort(np.concatenate(owners), kind="stable")]
    return found


def _thresholds(forest: Trees) -> Floats:
    # x < t in float32 is x <= the float32 below t.
    if not forest.single:
        return np.asarray(forest.threshold)
    below = np.nextafter(forest.threshold.astype(np.float32), np.float32(-np.inf))
    return below.astype(np.float64)


def _walks(roots: Ints, depths: Ints) -> Array:
    order = np.argsort(depths, kind="stable")
    walks = np.zeros((-(-len(roots) // LANES) * LANES, 3), dtype=np.uint32)
    spare = len(walks) - len(roots)
    walks[:spare, 1] = len(roots)
    walks[spare:, 0] = roots[order]
    walks[spare:, 1] = order
    walks[spare:, 2] = depths[order]
    walks[:, 2] = np.repeat(walks[LANES - 1 :: LANES, 2], LANES)
    return walks


def _members(members: Sequence[Trees | Linear], calibration: Knots) -> tuple[Array, Floats]:
    rows, numbers, tree, number = [], [], 0, 0
    for member in members:
        if isinstance(member, Trees):
            rows.append((1 + member.single, number, tree, tree + len(member.roots)))
            numbers.append(np.array([member.base]))
            tree += len(member.roots)
        else:
            rows.append((0, number, member.width, 0))
            numbers += [np.array([member.intercept]), member.coefficients, member.centre, member.scale]
            number += 3 * member.width
        number += 1
    rows.append((0, number, len(calibration.x), 0))
    return np.array(rows, dtype=np.int64), np.concatenate([*numbers, calibration.x, calibration.y])
