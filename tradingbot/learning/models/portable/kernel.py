# file: learning/models/portable/kernel.py
"""Inference kernel: members laid out in memory, and all of them run in one compiled call."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.learning.models.portable.fields import Array
from tradingbot.learning.models.portable.linear import Linear, PiecewiseLinear
from tradingbot.learning.models.portable.trees import Trees

LANES = 16
SINGLE = 8
# Unsigned, so that no index can count from the end and none is checked for it.
NODE = np.dtype([("threshold", np.float64), ("slot", np.uint32), ("left", np.uint32)])
_NONE = 1.0000000180025095e-35


@numba.njit(error_model="numpy")
def _seen(value: float, kind: int) -> float:
    # What a node compares: -inf sends a missing value left and NaN sends it right, since NaN <= threshold is false.
    if kind >= SINGLE:
        value = float(np.float32(value))
        kind -= SINGLE
    elif abs(value) <= _NONE:
        value = 0.0
    absent = math.isnan(value)
    if kind == 0:
        return 0.0 if absent else value
    if absent or (kind >= 3 and value == 0.0):
        return -math.inf if kind % 2 == 1 else math.nan
    return value


@numba.njit(error_model="numpy")
def _walk(nodes: Array, walks: Array, seen: Floats, leaves: Floats) -> None:
    # Many trees step by step together: no step of one waits for the others'. A leaf is its own left child.
    at = np.empty(LANES, np.uint32)
    for first in range(0, len(walks), LANES):
        for lane in range(LANES):
            at[lane] = walks[first + lane, 0]
        for _ in range(walks[first, 2]):
            for lane in range(LANES):
                node = nodes[at[lane]]
                at[lane] = node.left + np.uint32(not seen[node.slot] <= node.threshold)
        for lane in range(LANES):
            leaves[walks[first + lane, 1]] = nodes[at[lane]].threshold


@numba.njit(error_model="numpy")
def _total(leaves: Floats, first: int, last: int, base: float) -> float:
    total = base
    for tree in range(first, last):
        total += leaves[tree]
    return total


@numba.njit(error_model="numpy")
def _single_total(leaves: Floats, first: int, last: int, base: float) -> float:
    total = np.float32(base)
    for tree in range(first, last):
        total += np.float32(leaves[tree])
    return float(total)


@numba.njit(error_model="numpy")
def _weighed(x: Floats, numbers: Floats, first: int, width: int, skip: bool) -> float:
    total: float = numbers[first]
    for place in range(width):
        value = x[place]
        if skip and math.isnan(value):
            continue
        at = first + 1 + place
        total += numbers[at] * ((value - numbers[at + width]) / numbers[at + 2 * width])
    return total


@numba.njit(error_model="numpy")
def _sigmoid(odds: float) -> float:
    if odds >= 0.0:
        return 1.0 / (1.0 + math.exp(-odds))
    grown = math.exp(odds)
    return grown / (1.0 + grown)


@numba.njit(error_model="numpy")
def _calibrated(p: float, numbers: Floats, first: int, count: int) -> float:
    # The last knot at or below p, by halving; NaN is below none.
    low, high = -1, count
    while high - low > 1:
        middle = (low + high) // 2
        if numbers[first + middle] <= p:
            low = middle
        else:
            high = middle
    at = first + max(low, 0)
    found: float = numbers[at + count]
    if 0 <= low < count - 1:
        share = (p - numbers[at]) / (numbers[at + 1] - numbers[at])
        found = min(found + share * (numbers[at + count + 1] - found), numbers[at + count + 1])
    return p if math.isnan(p) else found


@numba.njit(
    # Named beforehand, so that a trading process never compiles: rows may be read-only, a layout is always fresh.
    numba.void(
        numba.types.Array(numba.float64, 2, "C", readonly=True),
        numba.int32[:, ::1],
        numba.from_dtype(NODE)[::1],
        numba.uint32[:, ::1],
        numba.int64[:, ::1],
        numba.float64[::1],
        numba.float64[:, ::1],
    ),
    cache=True,
    error_model="numpy",
)
def run_model(
    rows: Floats, slots: Array, nodes: Array, walks: Array, members: Array, numbers: Floats, out: Floats
) -> None:
    """Fill `out` [n, m + 1] from `rows` [n, k]: each member's log-odds, then the calibrated probability.

    The other arrays are a `Layout`; nothing is checked here.
    """
    count = len(members) - 2
    seen = np.empty(len(slots))
    leaves = np.empty(len(walks) + 1)
    seen[0] = -math.inf
    for row in range(len(rows)):
        x, odds = rows[row], out[row]
        for slot in range(1, len(slots)):
            seen[slot] = _seen(x[slots[slot, 0]], slots[slot, 1])
        _walk(nodes, walks, seen, leaves)
        for member in range(count):
            kind, first = members[member, 0], members[member, 1]
            if kind == 0:
                odds[member] = _weighed(x, numbers, first, members[member, 2], True)
            elif kind == 1:
                odds[member] = _total(leaves, members[member, 2], members[member, 3], numbers[first])
            else:
                odds[member] = _single_total(leaves, members[member, 2], members[member, 3], numbers[first])
        stacked = _weighed(odds, numbers, members[count, 1], count, False)
        last = members[count + 1]
        odds[count] = _calibrated(_sigmoid(stacked), numbers, last[1], last[2])


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


def lay_out(members: Sequence[Trees | Linear], stack: Linear, calibration: PiecewiseLinear) -> Layout:
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


def _members(members: Sequence[Trees | Linear], calibration: PiecewiseLinear) -> tuple[Array, Floats]:
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
