# file: core/folds/combinatorial.py
"""Get many out-of-sample paths out of one history: test every combination of its parts."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tradingbot.core.errors import BadInput
from tradingbot.core.folds.span import Span

__all__ = ["Split", "groups", "paths", "splits"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Split:
    """The numbers, from 0, of the groups that are tested; the others train."""

    test_groups: tuple[int, ...]


def groups(start: int, end: int, n: int) -> list[Span]:
    """Cut [start, end) ns into `n` consecutive spans that differ by at most 1 ns.

    Raises
    ------
    BadInput
        When `n` is below 1, or there are fewer than `n` ns.
    """
    if n < 1:
        raise BadInput(f"groups were {n}, allowed is 1 or more")
    if end - start < n:
        raise BadInput(f"the period was {start} to {end}, allowed is at least 1 ns for each of {n} groups")
    borders = [start + (end - start) * number // n for number in range(n + 1)]
    return [Span(*pair) for pair in itertools.pairwise(borders)]


def splits(n: int = 10, k: int = 2) -> list[Split]:
    """Return every choice of `k` test groups out of `n`, in the order of the numbers: n! / (k! (n - k)!) of them.

    Source: Lopez de Prado (2018), "Advances in Financial Machine Learning", chapter 12.

    Raises
    ------
    BadInput
        When nothing would be tested or nothing trained.
    """
    if not 1 <= k < n:
        raise BadInput(f"tested groups were {k} of {n}, allowed is at least 1 and fewer than all")
    return [Split(chosen) for chosen in itertools.combinations(range(n), k)]


def paths(n: int, k: int) -> Ints:
    """Return by path and group which split tests that group for that path: [number of splits * k / n, n].

    Every test of every split is used once. Source: Lopez de Prado (2018), section 12.4.

    Raises
    ------
    BadInput
        When nothing would be tested or nothing trained.
    """
    by_group: list[list[int]] = [[] for _ in range(n)]
    for number, split in enumerate(splits(n, k)):
        for group in split.test_groups:
            by_group[group].append(number)
    return np.array(by_group, dtype=np.int64).T
