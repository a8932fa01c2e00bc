# file: learning/features/windows.py
"""Sums over a window of the tape, in one fixed order, so that they are the same bits wherever the window lies.

Four partial sums run side by side because one alone would wait for each addition. Nothing runs on from bar to bar, so
nothing drifts.
"""

from __future__ import annotations

from numba import njit

from tradingbot.core.statistics.arrays import Floats

__all__ = ["correlation_sums", "deviation", "total", "total_of_squares", "total_of_steps"]


@njit(error_model="numpy")
def total(tape: Floats, row: int, first: int, stop: int) -> float:
    """Return the sum of `row` over [first, stop)."""
    x = tape[row]
    a = b = c = d = 0.0
    whole = first + (stop - first) // 4 * 4
    for i in range(first, whole, 4):
        a += x[i]
        b += x[i + 1]
        c += x[i + 2]
        d += x[i + 3]
    for i in range(whole, stop):
        a += x[i]
    return (a + b) + (c + d)


@njit(error_model="numpy")
def total_of_squares(tape: Floats, row: int, first: int, stop: int) -> float:
    """Return the sum of the squares of `row` over [first, stop)."""
    x = tape[row]
    a = b = c = d = 0.0
    whole = first + (stop - first) // 4 * 4
    for i in range(first, whole, 4):
        a += x[i] * x[i]
        b += x[i + 1] * x[i + 1]
        c += x[i + 2] * x[i + 2]
        d += x[i + 3] * x[i + 3]
    for i in range(whole, stop):
        a += x[i] * x[i]
    return (a + b) + (c + d)


@njit(error_model="numpy")
def total_of_steps(tape: Floats, row: int, first: int, stop: int) -> float:
    """Return the sum of |x - x before| over [first, stop)."""
    x = tape[row]
    a = b = 0.0
    whole = first + (stop - first) // 2 * 2
    for i in range(first, whole, 2):
        a += abs(x[i] - x[i - 1])
        b += abs(x[i + 1] - x[i])
    if whole < stop:
        a += abs(x[whole] - x[whole - 1])
    return a + b


@njit(error_model="numpy")
def deviation(tape: Floats, row: int, first: int, stop: int) -> tuple[float, float]:
    """Return the mean less the last value, and the variance about the mean: exactly 0 each where all are equal.

    Measured from the last value, so that equal values leave no rounding to divide by.
    """
    x = tape[row]
    origin = x[stop - 1]
    a = b = c = d = 0.0
    whole = first + (stop - first) // 2 * 2
    for i in range(first, whole, 2):
        left, right = x[i] - origin, x[i + 1] - origin
        a += left
        b += right
        c += left * left
        d += right * right
    if whole < stop:
        left = x[whole] - origin
        a += left
        c += left * left
    count = stop - first
    mean = (a + b) / count
    return mean, (c + d) / count - mean * mean


@njit(error_model="numpy")
def correlation_sums(tape: Floats, one: int, other: int, first: int, stop: int) -> tuple[float, float, float]:
    """Return the covariance of rows `one` and `other` and the variance of each, all over [first, stop)."""
    x, y = tape[one], tape[other]
    start, level = x[stop - 1], y[stop - 1]
    sx = sy = xx = yy = xy = 0.0
    for i in range(first, stop):
        u, v = x[i] - start, y[i] - level
        sx += u
        sy += v
        xx += u * u
        yy += v * v
        xy += u * v
    count = stop - first
    mx, my = sx / count, sy / count
    return xy / count - mx * my, xx / count - mx * mx, yy / count - my * my
