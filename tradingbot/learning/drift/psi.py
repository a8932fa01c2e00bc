# file: learning/drift/psi.py
"""Measure how far shares moved from those expected, and how far chance alone moves them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tradingbot.core.statistics.arrays import Floats, Ints
from tradingbot.learning.drift.tails import f_tail, quantile

__all__ = ["PsiNull", "chi_square_null", "null_of_windows", "psi", "shares"]

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
