# file: core/statistics/folds.py
"""Folds in time: walk-forward, combinatorial purged cross-validation, purge and embargo."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tradingbot.core.arrays import BoolArray, Ints
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.time import DAY


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time: `start` is in it, `end` is not. Both are int64 UTC ns.

    Raises BadInput when it ends before it starts.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse a stretch that runs backwards."""
        if self.end < self.start:
            raise BadInput(f"end of a span was {self.end}, allowed is its start {self.start} or later")


@dataclass(frozen=True, slots=True)
class WalkFold:
    """A training span and the test span after it, numbered from 1."""

    number: int
    train: Span
    test: Span


def groups(start: int, end: int, n: int) -> list[Span]:
    """Cut [start, end) ns into `n` consecutive spans that differ by at most 1 ns.

    Raises BadInput when `n` is below 1, or there are fewer than `n` ns.
    """
    if n < 1:
        raise BadInput(f"groups were {n}, allowed is 1 or more")
    if end - start < n:
        raise BadInput(f"the period was {start} to {end}, allowed is at least 1 ns for each of {n} groups")
    borders = [start + (end - start) * number // n for number in range(n + 1)]
    return [Span(*pair) for pair in itertools.pairwise(borders)]


def splits(n: int = 10, k: int = 2) -> list[tuple[int, ...]]:
    """Return every choice of `k` test groups out of `n`, numbered from 0, in their order: n! / (k! (n - k)!) of them.

    Source: Lopez de Prado (2018), "Advances in Financial Machine Learning", chapter 12.

    Raises BadInput when nothing would be tested or nothing trained.
    """
    if not 1 <= k < n:
        raise BadInput(f"tested groups were {k} of {n}, allowed is at least 1 and fewer than all")
    return list(itertools.combinations(range(n), k))


def paths(n: int, k: int) -> Ints:
    """Return by path and group which split tests that group for that path: [number of splits * k / n, n].

    Every test of every split is used once. Source: Lopez de Prado (2018), section 12.4.

    Raises BadInput when nothing would be tested or nothing trained.
    """
    by_group: list[list[int]] = [[] for _ in range(n)]
    for number, split in enumerate(splits(n, k)):
        for group in split:
            by_group[group].append(number)
    return np.array(by_group, dtype=np.int64).T


def walk_forward(
    start: int, end: int, folds: int, purge: int = 0, embargo: int = 0, anchored: bool = True
) -> list[WalkFold]:
    """Cut [start, end) ns into `folds` + 1 equal blocks; each but the first is tested by what was trained before it.

    Training begins at `start`, or one block before its test when not `anchored`. It ends `purge` + `embargo` ns before
    its test: `purge` for labels that reach forward, `embargo` for what stays correlated beyond them. Only a distance
    before the test can serve here, since nothing trains on what comes after its own test.

    Raises BadInput when `folds` is below 1, a distance is negative, or the distances leave no time to train in.
    """
    if folds < 1:
        raise BadInput(f"folds was {folds}, allowed is 1 or more")
    if purge < 0 or embargo < 0:
        raise BadInput(f"purge was {purge} ns and embargo {embargo} ns, allowed is 0 or more of each")
    blocks = groups(start, end, folds + 1)
    walked = []
    for number, test in enumerate(blocks[1:], start=1):
        begin = start if anchored else blocks[number - 1].start
        stop = test.start - purge - embargo
        if stop <= begin:
            raise BadInput(
                f"purge and embargo were {purge + embargo} ns, allowed is less than the {test.start - begin} ns"
                f" before the test of fold {number}"
            )
        walked.append(WalkFold(number, Span(begin, stop), test))
    return walked


def whole_days(start: int, end: int) -> tuple[int, int]:
    """Return the first midnight at or after `start` less a day, and the last at or before `end` plus one: UTC ns."""
    return start // DAY * DAY, -(-end // DAY) * DAY


def midnights(spans: Sequence[Span]) -> list[Span]:
    """Return the spans with their borders moved to the midnight before, so that no day is in two of them."""
    return [Span(span.start // DAY * DAY, span.end // DAY * DAY) for span in spans]


def purge_mask(starts: Ints, ends: Ints, tests: Sequence[Span], embargo: int) -> BoolArray:
    """Return which labels may train: [n].

    A label covers [start, end], both included, in ns. It is left out when it shares an instant with a test span, or
    starts within `embargo` ns from the end of one. A span without length tests nothing. Source: Lopez de Prado (2018),
    "Advances in Financial Machine Learning", section 7.4.

    Raises BadInput when a label ends before it starts, the lengths differ, or `embargo` is negative.
    """
    if embargo < 0:
        raise BadInput(f"embargo was {embargo} ns, allowed is 0 or more")
    if len(starts) != len(ends) or (ends < starts).any():
        raise BadInput(
            f"labels had {len(starts)} starts and {len(ends)} ends, allowed is an end at or after each start"
        )
    clean = np.ones(len(starts), dtype=np.bool_)
    for test in tests:
        if test.end > test.start:
            clean &= (ends < test.start) | (starts >= test.end + embargo)
    return clean


def audit_purge(train_starts: Ints, train_ends: Ints, tests: Sequence[Span], embargo: int, where: str) -> None:
    """Refuse training labels [start, end] ns that share an instant with a test or start within `embargo` ns after it.

    `where` says whose labels they are. Looks up, for each label, the tests that end last before it and begin first
    after it, in the sorted union of the forbidden times: not the way `purge_mask` goes.

    Raises RunFailed naming the first label that leaks and the test it leaks into; also when labels are not pairs that
    run forward.
    """
    starts, ends = np.asarray(train_starts, dtype=np.int64), np.asarray(train_ends, dtype=np.int64)
    if starts.shape != ends.shape or (ends < starts).any():
        raise RunFailed(f"{where}: labels had {len(starts)} starts and {len(ends)} ends, or one that runs backwards")
    spans = sorted((test for test in tests if test.end > test.start), key=lambda test: test.start)
    if not spans or not len(starts):
        return
    begins = np.array([test.start for test in spans], dtype=np.int64)
    reach = np.maximum.accumulate([test.end for test in spans])
    before = np.searchsorted(begins, ends, side="right")
    leaking = np.flatnonzero((before > 0) & (starts - reach[before - 1] < embargo))
    if len(leaking):
        place = int(leaking[0])
        start, end = int(starts[place]), int(ends[place])
        test = next(span for span in spans if span.start <= end and start < span.end + embargo)
        how = "overlaps" if start < test.end else f"starts {start - test.end} ns after"
        raise RunFailed(
            f"{where}: label {place} from {start} to {end} {how} the test from {test.start} to {test.end};"
            f" allowed are labels that end before it or start {embargo} ns or more after it"
        )
