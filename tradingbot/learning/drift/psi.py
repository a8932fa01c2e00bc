# file: learning/drift/psi.py
"""Population stability index: quantile bins, the index, its null distribution and tail probabilities."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit

from tradingbot.core.arrays import Floats, Ints


def edges_of(values: Floats, bins: int) -> Floats:
    """Return up to bins - 1 inner edges [bins - 1] with equal shares between them, padded with inf.

    NaN is passed over; a value equal to an edge lies above it. Fewer distinct values make fewer bins.
    """
    padded = np.full(bins - 1, math.inf)
    known = values[np.isfinite(values)]
    if len(known):
        inner = np.unique(np.quantile(known, np.arange(1, bins) / bins, method="higher"))
        inner = inner[inner > known.min()]
        padded[: len(inner)] = inner
    return padded


@njit(cache=True, error_model="numpy")
def count_rows(rows: Floats, edges: Floats) -> Floats:
    """Return how many of `rows` [n, k] lie in each bin of each column's `edges` [k, bins - 1]: [k, bins].

    Values that are not finite are counted nowhere.
    """
    columns, inner = edges.shape
    counts = np.zeros((columns, inner + 1))
    for i in range(rows.shape[0]):
        for j in range(columns):
            value = rows[i, j]
            if not np.isfinite(value):
                continue
            place = 0
            while place < inner and value >= edges[j, place]:
                place += 1
            counts[j, place] += 1.0
    return counts


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


# Half a row in every bin, so that an empty one is no infinite surprise (Jeffreys).
_PRIOR = 0.5


@dataclass(frozen=True, slots=True)
class PsiNull:
    """What the index is without drift: `scale` times an F variable with `above` and `below` degrees of freedom."""

    scale: float
    above: float
    below: float

    def p_value(self, value: float) -> float:
        """Return how probable `value` or more is without drift."""
        return f_tail(value / self.scale, self.above, self.below)

    def limit(self, level: float) -> float:
        """Return the value that is reached with probability `level` without drift."""
        return self.scale * quantile(lambda x: f_tail(x, self.above, self.below), level)


def shares(counts: Floats, bins: Ints) -> Floats:
    """Return counts [..., k, bins] as shares: never 0 in the first `bins` [k] of each row, 0 beyond them."""
    prior = np.where(np.arange(counts.shape[-1]) < bins[:, None], _PRIOR, 0.0)
    found: Floats = (counts + prior) / (counts + prior).sum(axis=-1, keepdims=True)
    return found


def psi(was: Floats, expected: Floats) -> Floats:
    """Return the population stability index of shares [..., bins]: sum of (was - expected) ln(was / expected)."""
    ratio = np.divide(was, expected, out=np.ones_like(was), where=expected > 0)
    found: Floats = ((was - expected) * np.log(ratio)).sum(axis=-1)
    return found


def chi_square_null(rows: int, reference: int, bins: int) -> PsiNull:
    """Return the null of independent rows: PSI / (1/n + 1/m) is chi-square with bins - 1 degrees of freedom.

    Source: B. Yurdakul, Statistical Properties of Population Stability Index, 2018. Rows that resemble their
    neighbours make it far too narrow: see `null_of_windows`.
    """
    return PsiNull((bins - 1) * (1 / rows + 1 / reference), bins - 1, math.inf)


def null_of_windows(values: Floats, bins: int, windows: float) -> PsiNull:
    """Return the null that the training data's own windows show, whatever their rows' memory.

    `values` are the indices of all windows against the whole, `windows` how many of them lie in it side by side (above
    1). A sum of dependent squares is near a scaled chi-square with the same mean and variance, of bins - 1 degrees of
    freedom at most (Satterthwaite 1946; Rao and Scott 1981), and an F variable because the scale is estimated. Its far
    tail is still too thin where memory gives the squares unequal weights: by measure (bench/drift.py) limits hold with
    a third less degrees of freedom, and no more than two for each window below. A window is part of the whole it was
    compared with, one from elsewhere is not, which widens the scale by (1 + 1/windows) / (1 - 1/windows).
    """
    mean, variance = float(values.mean()), float(values.var())
    degrees = float(np.clip(2 * mean**2 / variance if variance > 0 else math.inf, 0.5, bins - 1))
    return PsiNull(mean * (windows + 1) / (windows - 1), degrees / 1.5, min(degrees, 2.0) * windows)
