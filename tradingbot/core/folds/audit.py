# file: core/folds/audit.py
"""Prove after the fact that no training label has seen the test; trusts nothing that did the purging."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tradingbot.core.errors import RunFailed
from tradingbot.core.folds.span import Span

__all__ = ["audit"]

Ints = npt.NDArray[np.int64]


def audit(train_starts: Ints, train_ends: Ints, tests: Sequence[Span], embargo: int, where: str) -> None:
    """Refuse training labels [start, end] ns that share an instant with a test or start within `embargo` ns after it.

    `where` says whose labels they are. Looks up, for each label, the tests that end last before it and begin first
    after it, in the sorted union of the forbidden times: not the way `keep` goes.

    Raises
    ------
    RunFailed
        Naming the first label that leaks and the test it leaks into; also when labels are not pairs that run forward.
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
        first = int(leaking[0])
        raise RunFailed(_sentence(int(starts[first]), int(ends[first]), first, spans, embargo, where))


def _sentence(start: int, end: int, place: int, spans: Sequence[Span], embargo: int, where: str) -> str:
    guilty = next(span for span in spans if span.start <= end and start < span.end + embargo)
    manner = "overlaps" if start < guilty.end else f"starts {start - guilty.end} ns after"
    return (
        f"{where}: label {place} from {start} to {end} {manner} the test from {guilty.start} to {guilty.end};"
        f" allowed are labels that end before it or start {embargo} ns or more after it"
    )
