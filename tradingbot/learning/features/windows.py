# file: learning/features/windows.py
"""Rolling-window sums in one fixed order, the same bits wherever the window lies.

Four partial sums run side by side because one alone would wait for each addition. Nothing runs on from bar to bar, so
nothing drifts.
"""

from __future__ import annotations

from tradingbot.core.arrays import Floats
from tradingbot.learning.features.feature import part


@part
def change(ring: Floats, row: int, end: int, bars: int) -> float:
    """Return how far `row` came in the last `bars` steps before position `end`."""
    moved: float = ring[row, end - 1] - ring[row, end - 1 - bars]
    return moved


@part
def total(ring: Floats, row: int, first: int, stop: int) -> float:
    """Return the sum of `row` over [first, stop)."""
    a = b = c = d = 0.0
    whole = first + (stop - first) // 4 * 4
    for i in range(first, whole, 4):
        a += ring[row, i]
        b += ring[row, i + 1]
        c += ring[row, i + 2]
        d += ring[row, i + 3]
    for i in range(whole, stop):
        a += ring[row, i]
    return (a + b) + (c + d)


@part
def total_of_squares(ring: Floats, row: int, first: int, stop: int) -> float:
    """Return the sum of the squares of `row` over [first, stop)."""
    a = b = c = d = 0.0
    whole = first + (stop - first) // 4 * 4
    for i in range(first, whole, 4):
        a += ring[row, i] * ring[row, i]
        b += ring[row, i + 1] * ring[row, i + 1]
        c += ring[row, i + 2] * ring[row, i + 2]
        d += ring[row, i + 3] * ring[row, i + 3]
    for i in range(whole, stop):
        a += ring[row, i] * ring[row, i]
    return (a + b) + (c + d)


@part
def total_of_steps(ring: Floats, row: int, first: int, stop: int) -> float:
    """Return the sum of |x - x before| over [first, stop)."""
    a = b = 0.0
    whole = first + (stop - first) // 2 * 2
    for i in range(first, whole, 2):
        a += abs(ring[row, i] - ring[row, i - 1])
        b += abs(ring[row, i + 1] - ring[row, i])
    if whole < stop:
        a += abs(ring[row, whole] - ring[row, whole - 1])
    return a + b


@part
def deviation(ring: Floats, row: int, first: int, stop: int) -> tuple[float, float]:
    """Return the mean less the last value, and the variance about the mean: exactly 0 each where all are equal.

    Measured from the last value, so that equal values leave no rounding to divide by.
    """
    origin = ring[row, stop - 1]
    a = b = c = d = 0.0
    whole = first + (stop - first) // 2 * 2
    for i in range(first, whole, 2):
        left, right = ring[row, i] - origin, ring[row, i + 1] - origin
        a += left
        b += right
        c += left * left
        d += right * right
    if whole < stop:
        left = ring[row, whole] - origin
        a += left
        c += left * left
    count = stop - first
    mean = (a + b) / count
    return mean, (c + d) / count - mean * mean


@part
def correlation_sums(ring: Floats, one: int, other: int, first: int, stop: int) -> tuple[float, float, float]:
    """Return the covariance of rows `one` and `other` and the variance of each, all over [first, stop)."""
    start, level = ring[one, stop - 1], ring[other, stop - 1]
    sx = sy = xx = yy = xy = 0.0
    for i in range(first, stop):
        u, v = ring[one, i] - start, ring[other, i] - level
        sx += u
        sy += v
        xx += u * u
        yy += v * v
        xy += u * v
    count = stop - first
    mx, my = sx / count, sy / count
    return xy / count - mx * my, xx / count - mx * mx, yy / count - my * my
