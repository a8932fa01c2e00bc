# file: learning/datasets.py
"""Lay out what is learned from: each instrument's history as the columns that features and labels are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tradingbot.core.errors import BadInput
from tradingbot.core.market.arrays import Bars, Floats, Ints
from tradingbot.learning.features.featureset import FeatureSet
from tradingbot.learning.moments import Moments
from tradingbot.learning.watch import code_of, volatility, watched

__all__ = ["Featured", "Slice", "featured"]


@dataclass(frozen=True, slots=True)
class Slice:
    """One instrument's history: what was known at each bar, its decimals, and the cost of a round trip (fraction)."""

    instrument: str
    moments: Moments
    price_digits: int
    size_digits: int
    cost: float

    @property
    def bars(self) -> Bars:
        """The bars alone."""
        known = self.moments
        return Bars(known.ts, known.open, known.high, known.low, known.close, known.volume)


@dataclass(frozen=True, slots=True)
class Featured:
    """A slice with its features [n, k] and the volatility of one bar [n].

    `code_sha256` is the code that made them; values from position `memory` on do not depend on where the slice begins.
    """

    slice: Slice
    names: tuple[str, ...]
    values: Floats
    volatility: Floats
    code_sha256: str
    memory: int

    @property
    def warm(self) -> Ints:
        """The positions of the rows that can be learned from."""
        return np.flatnonzero(np.isfinite(self.values).all(axis=1) & np.isfinite(self.volatility))


def featured(piece: Slice, names: Sequence[str], volatility_bars: int) -> Featured:
    """Compute the features of a slice by the code that computes them in a run.

    Raises
    ------
    BadInput
        When no row has every feature: the history is shorter than their memory, or what they need is missing.
    """
    made = FeatureSet(watched(names, volatility_bars), piece.price_digits, piece.size_digits)
    values = made.fold(piece.moments)
    reach = values[:, made.names.index(volatility(volatility_bars))]
    found = Featured(piece, tuple(names), values[:, : len(names)], reach, code_of(names, volatility_bars), made.memory)
    if not len(found.warm):
        lacking = [name for name, column in zip(names, values.T, strict=False) if not np.isfinite(column).any()]
        raise BadInput(
            f"{piece.instrument}: {len(values)} bars gave no row with every feature, allowed are more than the"
            f" {made.memory} that they remember; never there were {', '.join(lacking[:5]) or 'none'}"
        )
    return found
