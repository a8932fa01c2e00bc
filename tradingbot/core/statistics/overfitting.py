# file: core/statistics/overfitting.py
"""Probability of backtest overfitting (PBO) by combinatorially symmetric cross-validation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice
from math import comb

import numpy as np
import numpy.typing as npt

from tradingbot.core.arrays import Floats, finite
from tradingbot.core.errors import BadInput

# Of a half's mean square: a variance below it is rounding noise of equal numbers.
_NOISE = 1e-14
# Sharpe ratios held at once, 8 MB: large enough for speed, small enough for any number of trials.
_CELLS = 1_000_000


@dataclass(frozen=True, slots=True)
class Overfitting:
    """The probability of backtest overfitting and what it is the share of: one rank logit per split, below 0 is bad."""

    probability: float
    logits: Floats


@dataclass(frozen=True, slots=True)
class _BlockSums:
    counts: Floats
    first: Floats
    second: Floats
    means: Floats

    @classmethod
    def of(cls, table: Floats, blocks: int) -> _BlockSums:
        # Deviations from each trial's own mean, so that squares of a large mean do not swallow the variance.
        means = table.mean(axis=0)
        parts = np.array_split(table - means, blocks)
        return cls(
            np.array([float(len(part)) for part in parts]),
            np.array([part.sum(axis=0) for part in parts]),
            np.array([(part**2).sum(axis=0) for part in parts]),
            means,
        )

    def sharpe(self, halves: Floats) -> Floats:
        counts = (halves @ self.counts)[:, None]
        mean, square = halves @ self.first / counts, halves @ self.second / counts
        variance = square - mean**2
        moved = variance > _NOISE * square
        result: Floats = np.where(moved, (mean + self.means) / np.sqrt(np.where(moved, variance, 1.0)), 0.0)
        return result


def overfitting(returns: npt.ArrayLike, blocks: int = 16) -> Overfitting:
    """Return the probability of backtest overfitting (PBO) of a search by combinatorially symmetric cross-validation.

    `returns` [T, N] holds a column per trial, rows in order of time, cut into `blocks` of almost equal length. Each
    half of the blocks (12,870 of 16) elects the trial with the best Sharpe ratio; w is its rank in the other half over
    N + 1, ties sharing their mean rank. PBO is the share of logits log(w / (1 - w)) not above 0. A trial that never
    moves in a half has a Sharpe ratio of 0 there. Source: Bailey, Borwein, Lopez de Prado and Zhu (2017), "The
    Probability of Backtest Overfitting", Journal of Computational Finance 20(4).

    Raises BadInput: `blocks` is odd or below 2, there are fewer than two rows a block or two trials, or a return is not
    finite.
    """
    table = finite(returns, "returns", dimensions=2)
    rows, trials = table.shape
    if blocks < 2 or blocks % 2:
        raise BadInput(f"blocks was {blocks}, allowed is an even number from 2")
    if rows < 2 * blocks:
        raise BadInput(f"returns had {rows:,} rows, allowed with {blocks} blocks is {2 * blocks:,} or more")
    if trials < 2:
        raise BadInput(f"returns had {trials} columns, allowed is 2 or more: one per trial")
    sums = _BlockSums.of(table, blocks)
    total = comb(blocks, blocks // 2)
    logits = np.empty(total)
    at = 0
    for halves in _chunks(blocks, max(1, _CELLS // table.shape[1])):
        chosen, rest = sums.sharpe(halves), sums.sharpe(1 - halves)
        logits[at : at + len(halves)] = _logits(chosen, rest)
        # Combinations come in lexicographic order, so the mirror image of a half lies as far from the other end.
        logits[total - at - len(halves) : total - at] = _logits(rest, chosen)[::-1]
        at += len(halves)
    return Overfitting(float(np.mean(logits <= 0)), logits)


def _chunks(blocks: int, size: int) -> Iterator[Floats]:
    # The first half of all combinations: those that hold block 0. The others are their mirror images.
    left = islice(combinations(range(blocks), blocks // 2), comb(blocks, blocks // 2) // 2)
    while chunk := list(islice(left, size)):
        halves = np.zeros((len(chunk), blocks))
        np.put_along_axis(halves, np.array(chunk), 1.0, axis=1)
        yield halves


def _logits(inside: Floats, outside: Floats) -> Floats:
    best = np.argmax(inside, axis=1)[:, None]
    theirs = np.take_along_axis(outside, best, axis=1)
    below, level = (outside < theirs).sum(axis=1), (outside == theirs).sum(axis=1)
    rank = (below + (level + 1) / 2) / (outside.shape[1] + 1)
    result: Floats = np.log(rank / (1 - rank))
    return result
