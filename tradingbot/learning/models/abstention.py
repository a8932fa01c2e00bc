# file: learning/models/abstention.py
"""Abstention: conformal sets and the probability thresholds of weak, normal and strong."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tradingbot.core.arrays import BoolArray, Floats, Ints
from tradingbot.core.errors import BadInput
from tradingbot.core.messages.intent import Strength
from tradingbot.learning.models.samples import Labels


@dataclass(frozen=True, slots=True)
class Conformal:
    """The set of classes at a miss rate of `alpha`: 1 while 1 - p <= `quantile1`, 0 while p <= `quantile0`.

    Raises BadInput when `alpha` is not between 0 and 1.
    """

    alpha: float
    quantile0: float
    quantile1: float

    def __post_init__(self) -> None:
        """Refuse a miss rate that promises nothing or everything."""
        if not 0 < self.alpha < 1:
            raise BadInput(f"alpha was {self.alpha:g}, allowed is between 0 and 1")

    def set(self, p: float) -> int:
        """Return 0 for no class, 1 for only up, -1 for only down, 2 for both; only 1 and -1 are opinions."""
        up, down = 1 - p <= self.quantile1, p <= self.quantile0
        if up:
            return 2 if down else 1
        return -1 if down else 0

    def sets(self, probability: Floats) -> Ints:
        """Return `set` for each probability: [n]."""
        up, down = 1 - probability <= self.quantile1, probability <= self.quantile0
        return np.where(up & down, 2, up.astype(np.int64) - down)

    def decides(self, probability: Floats) -> BoolArray:
        """Return where the set holds exactly one class: [n]."""
        return np.isin(self.sets(probability), (-1, 1))


def fit_conformal(probability: Floats, y: Labels, alpha: float) -> Conformal:
    """Find each class's quantile on rows that no fit has seen; rows of neither class are left out.

    The score of a row is 1 less the probability of its own class; the quantile is the k-th smallest of the n of its
    class, k = ceil((n + 1) * (1 - alpha)), and 1, everything, when k > n. A new row of either class, exchangeable with
    these, is then in its set with a probability of at least 1 - alpha. A rising calibration fitted to the same rows
    does not spoil that: a set can only grow by it. Sources: Vovk, Gammerman and Shafer (2005), "Algorithmic Learning in
    a Random World", section 4.5; Vovk (2012), "Conditional validity of inductive conformal predictors".
    """
    return Conformal(alpha, _quantile(probability[y == 0], alpha), _quantile(1 - probability[y == 1], alpha))


def realised_coverage(conformal: Conformal, probability: Floats, y: Labels) -> float | None:
    """Return the share of the rows with a class whose set holds it; None without such rows."""
    sets, known = conformal.sets(probability), y >= 0
    held = (sets == 2) | (sets == np.where(y == 1, 1, -1))
    return float(held[known].mean()) if known.any() else None


def _quantile(scores: Floats, alpha: float) -> float:
    rank = math.ceil((len(scores) + 1) * (1 - alpha) - 1e-9)
    return float(np.sort(scores)[rank - 1]) if rank <= len(scores) else 1.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least confidence, max(p, 1 - p), of each strength; None for one that is never reached.

    Raises BadInput when a stronger one is lower than a weaker one, or there where that is not.
    """

    weak: float | None
    normal: float | None
    strong: float | None

    def __post_init__(self) -> None:
        """Refuse an order that makes no sense."""
        found = [value for value in (self.weak, self.normal, self.strong) if value is not None]
        gap = (self.weak is None and bool(found)) or (self.normal is None and self.strong is not None)
        if gap or found != sorted(found):
            raise BadInput(f"weak, normal and strong were {self.weak}, {self.normal}, {self.strong}, allowed is rising")

    def strength(self, p: float) -> Strength | None:
        """Return the strength of probability `p`; None below the weakest, and for NaN."""
        sure = max(p, 1 - p)
        for least, strength in (
            (self.strong, Strength.STRONG),
            (self.normal, Strength.NORMAL),
            (self.weak, Strength.WEAK),
        ):
            if least is not None and sure >= least:
                return strength
        return None


NEVER = Thresholds(None, None, None)
