# file: learning/drift/adwin.py
"""ADWIN: the longest recent window of a stream in which no two parts have different means.

Source: A. Bifet and R. Gavalda, Learning from Time-Changing Data with Adaptive Windowing, SDM 2007. Written here
because river's import takes more than a second and its window knows neither a training sample nor memory.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from tradingbot.core.arrays import Floats, Ints

_ROWS, _MOST = 40, 5


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """Where a window was cut: how far the means of its two parts lay apart, and how far they were allowed to."""

    difference: float
    limit: float
    before: float
    after: float


class Adwin:
    """One stream of values in [0, 1], or of means of many values, which are near normal: their `reach` is 0.

    `tau` is the autocorrelation time: how many values are worth one independent value. `prior` is what came before:
    mean, variance and count of the training's values, kept as one oldest piece of the window until it is cut off.
    """

    def __init__(
        self, tau: float = 1.0, prior: tuple[float, float, float] = (0.0, 0.0, 0.0), reach: float = 1.0
    ) -> None:
        self._reach = reach
        self._tau = tau
        # Rows of buckets: a bucket in row r sums 2**r values; row by row the oldest first. Sums, then squares about the
        # bucket's mean.
        self._sums = np.zeros((_ROWS, _MOST + 1))
        self._squares = np.zeros((_ROWS, _MOST + 1))
        self._used = np.zeros(_ROWS, dtype=np.int64)
        mean, variance, count = prior
        self._old = np.array([count, count * mean, count * variance])
        self._cut = np.zeros(4)

    @property
    def width(self) -> float:
        """How many values the window holds, the prior's included."""
        return float(self._old[0]) + sum(int(used) << row for row, used in enumerate(self._used))

    def update(self, value: float, delta: float) -> ChangePoint | None:
        """Take in a value and return where the window was cut, None where it was not; NaN is passed over.

        `delta` bounds the chance that this is a false alarm; it is spent on all places where the window may be cut.
        """
        if not math.isfinite(value) or not _update(
            value, delta, self._tau, self._reach, self._sums, self._squares, self._used, self._old, self._cut
        ):
            return None
        difference, limit, before, after = self._cut.tolist()
        return ChangePoint(difference, limit, before, after)


@njit(cache=True, error_model="numpy")
def _update(
    value: float,
    delta: float,
    tau: float,
    reach: float,
    sums: Floats,
    squares: Floats,
    used: Ints,
    old: Floats,
    cut: Floats,
) -> bool:
    _insert(value, sums, squares, used)
    found = False
    while _has_cut(delta, tau, reach, sums, squares, used, old, cut, found):
        found = True
        _drop_oldest(sums, squares, used, old)
    return found


@njit(cache=True, error_model="numpy")
def _insert(value: float, sums: Floats, squares: Floats, used: Ints) -> None:
    sums[0, used[0]] = value
    squares[0, used[0]] = 0.0
    used[0] += 1
    row = 0
    while used[row] > _MOST and row + 1 < _ROWS:
        size = 2.0**row
        apart = (sums[row, 0] - sums[row, 1]) / size
        place = used[row + 1]
        sums[row + 1, place] = sums[row, 0] + sums[row, 1]
        squares[row + 1, place] = squares[row, 0] + squares[row, 1] + apart * apart * size / 2
        used[row + 1] += 1
        for j in range(2, used[row]):
            sums[row, j - 2] = sums[row, j]
            squares[row, j - 2] = squares[row, j]
        used[row] -= 2
        row += 1


@njit(cache=True, error_model="numpy")
def _drop_oldest(sums: Floats, squares: Floats, used: Ints, old: Floats) -> None:
    if old[0] > 0:
        old[:] = 0.0
        return
    for row in range(_ROWS - 1, -1, -1):
        if used[row] > 0:
            for j in range(1, used[row]):
                sums[row, j - 1] = sums[row, j]
                squares[row, j - 1] = squares[row, j]
            used[row] -= 1
            return


@njit(cache=True, error_model="numpy")
def _has_cut(
    delta: float,
    tau: float,
    reach: float,
    sums: Floats,
    squares: Floats,
    used: Ints,
    old: Floats,
    cut: Floats,
    known: bool,
) -> bool:
    count, total = old[0], old[1]
    for row in range(_ROWS):
        count += used[row] * 2.0**row
        for j in range(used[row]):
            total += sums[row, j]
    if count < 2.0:
        return False
    variance = _variance(total / count, count, sums, squares, used, old)
    log = math.log(2.0 * max(math.log(count / tau), 1.0) / delta)
    before, sum_before = old[0], old[1]
    if before > 0.0 and _differs(before, sum_before, count, total, variance, log, tau, reach, cut, known):
        return True
    for row in range(_ROWS - 1, -1, -1):
        for j in range(used[row]):
            before += 2.0**row
            sum_before += sums[row, j]
            if before >= count:
                return False
            if _differs(before, sum_before, count, total, variance, log, tau, reach, cut, known):
                return True
    return False


@njit(cache=True, error_model="numpy")
def _variance(mean: float, count: float, sums: Floats, squares: Floats, used: Ints, old: Floats) -> float:
    spread: float = old[2]
    if old[0] > 0.0:
        spread += old[0] * (old[1] / old[0] - mean) ** 2
    for row in range(_ROWS):
        size = 2.0**row
        for j in range(used[row]):
            spread += squares[row, j] + size * (sums[row, j] / size - mean) ** 2
    return spread / count


@njit(cache=True, error_model="numpy")
def _differs(
    before: float,
    sum_before: float,
    count: float,
    total: float,
    variance: float,
    log: float,
    tau: float,
    reach: float,
    cut: Floats,
    known: bool,
) -> bool:
    after = count - before
    if after < 1.0:
        return False
    harmonic = tau * (1.0 / before + 1.0 / after)
    limit = math.sqrt(2.0 * harmonic * variance * log) + 2.0 / 3.0 * reach * harmonic * log
    first, second = sum_before / before, (total - sum_before) / after
    if abs(first - second) <= limit:
        return False
    if not known:
        cut[0], cut[1], cut[2], cut[3] = abs(first - second), limit, first, second
    return True
