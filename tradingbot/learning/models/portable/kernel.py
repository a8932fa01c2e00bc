# file: learning/models/portable/kernel.py
"""Ask every member, the stack and the calibration in one compiled call."""

from __future__ import annotations

import math

import numba
import numpy as np

from tradingbot.core.statistics.arrays import Floats
from tradingbot.learning.models.portable.fields import Array

__all__ = ["LANES", "NODE", "SINGLE", "answer"]

LANES = 4
SINGLE = 8
NODE = np.dtype([("threshold", np.float64), ("slot", np.int32), ("left", np.int32)])
_NONE = 1.0000000180025095e-35


def _read(kind: object, axes: int) -> numba.types.Array:
    return numba.types.Array(kind, axes, "C", readonly=True)


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
    # Four trees at once: the steps of one do not wait for the others'. A leaf is its own left child.
    for first in range(0, len(walks), LANES):
        a, b = walks[first, 0], walks[first + 1, 0]
        c, d = walks[first + 2, 0], walks[first + 3, 0]
        for _ in range(walks[first, 2]):
            na, nb, nc, nd = nodes[a], nodes[b], nodes[c], nodes[d]
            a = na.left + np.int32(not seen[na.slot] <= na.threshold)
            b = nb.left + np.int32(not seen[nb.slot] <= nb.threshold)
            c = nc.left + np.int32(not seen[nc.slot] <= nc.threshold)
            d = nd.left + np.int32(not seen[nd.slot] <= nd.threshold)
        leaves[walks[first, 1]] = nodes[a].threshold
        leaves[walks[first + 1, 1]] = nodes[b].threshold
        leaves[walks[first + 2, 1]] = nodes[c].threshold
        leaves[walks[first + 3, 1]] = nodes[d].threshold


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
    total = numbers[first]
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
    if math.isnan(p):
        return p
    if p <= numbers[first]:
        return numbers[first + count]
    low, high = 0, count
    while high - low > 1:
        middle = (low + high) // 2
        if numbers[first + middle] <= p:
            low = middle
        else:
            high = middle
    at = first + low
    if low == count - 1:
        return numbers[at + count]
    share = (p - numbers[at]) / (numbers[at + 1] - numbers[at])
    return numbers[at + count] + share * (numbers[at + count + 1] - numbers[at + count])


@numba.njit(
    numba.void(
        _read(numba.float64, 2),
        _read(numba.int32, 2),
        _read(numba.from_dtype(NODE), 1),
        _read(numba.int32, 2),
        _read(numba.int64, 2),
        _read(numba.float64, 1),
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
