# file: learning/drift/tails.py
"""Tell how unlikely a value is, with nothing but the standard library: a trading process carries no scipy."""

from __future__ import annotations

import math
from collections.abc import Callable

__all__ = ["f_tail", "quantile"]

_TINY = 1e-300
_STEPS = 500


def f_tail(value: float, above: float, below: float) -> float:
    """Return P(F > value) of Fisher's distribution with `above` and `below` degrees of freedom; `below` may be inf.

    With infinite `below`, `above` times F is chi-square. Source: Abramowitz and Stegun (1964), 26.6.2, 26.5.8 and
    6.5.31 (continued fractions, by Lentz's method).
    """
    if value <= 0:
        return 1.0
    if math.isinf(below):
        return _gamma_tail(above / 2, above * value / 2)
    return _beta(below / 2, above / 2, below / (below + above * value))


def quantile(tail: Callable[[float], float], p: float) -> float:
    """Return where a falling `tail`, 1 at 0, comes down to `p` (above 0), by bisection."""
    low, high = 0.0, 1.0
    while tail(high) > p:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if tail(middle) > p else (low, middle)
    return high


def _gamma_tail(shape: float, x: float) -> float:
    front = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1:
        term = total = 1 / shape
        place = shape
        while term > total * 1e-16:
            place += 1
            term *= x / place
            total += term
        return max(0.0, 1 - front * total)
    return front / _fraction(x + 1 - shape, lambda i: (-i * (i - shape), x + 2 * i + 1 - shape))


def _beta(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function."""
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(b, a, 1 - x)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)

    def term(i: int) -> tuple[float, float]:
        half = i // 2
        if i % 2:
            return -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1)), 1.0
        return half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half)), 1.0

    return math.exp(log_front) / (a * _fraction(1.0, term))


def _fraction(first: float, term: Callable[[int], tuple[float, float]]) -> float:
    """Return first + t1 / (u1 + t2 / (u2 + ...)) with (t, u) from `term`."""
    value = up = first or _TINY
    down = 0.0
    for i in range(1, _STEPS):
        top, bottom = term(i)
        down = 1 / ((bottom + top * down) or _TINY)
        up = (bottom + top / up) or _TINY
        value *= up * down
        if abs(up * down - 1) < 1e-14:
            break
    return value
