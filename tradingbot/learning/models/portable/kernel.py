# file: learning/models/portable/kernel.py
"""Ask every member, the stack and the calibration in one compiled call."""

from __future__ import annotations

import math

import numba
import numpy as np

from tradingbot.core.statistics.arrays import Floats
from tradingbot.learning.models.portable.fields import Array

__all__ = ["LANES", "NODE", "SINGLE", "answer"]

LANES = 16
SINGLE = 8
# Unsigned, so that no index can count from the end and none is asked whether it does.
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
def answer(
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
