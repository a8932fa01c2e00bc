# file: core/market/checks/counters.py
"""Counters that checks keep while rows stream by: rows with a defect, and runs of equal neighbours."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tradingbot.core.arrays import BoolArray, Ints
from tradingbot.core.market.checks.defects import REPAIRS, Defect, DefectKind, Severity
from tradingbot.core.market.chunks import Chunk

_SLIP_ROWS, _SLIP_SHARE = 5, 0.1
"""So many rows, and more than this share of all that could be wrong, are no slips."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Hold a chunk and the number of its first row in the file."""

    chunk: Chunk
    ts: Ints
    start: int

    @property
    def numbers(self) -> Ints:
        """The row number of every row."""
        return np.arange(self.start, self.start + len(self.ts))


def beyond_slips(found: Defect, rows: int, why: str) -> Defect:
    """Return a defect without its repair where it is in a good part of the `rows` that could have it, and say why.

    A repair is for slips: what it made of such a file would be wrong.
    """
    if found.count < _SLIP_ROWS or found.count <= _SLIP_SHARE * rows:
        return found
    return replace(found, sentence=f"{found.sentence}, in {found.count:,} of {rows:,} rows{why}", repair="")


@dataclass(slots=True)
class DefectCounter:
    """Count rows; `row` and `ts` are the first one's, by row number."""

    count: int = 0
    row: int = -1
    ts: int = 0

    def add(self, rows: Ints, ts: Ints) -> None:
        """Count these rows, given in the file's order."""
        if len(rows) and (self.row < 0 or rows[0] < self.row):
            self.row, self.ts = int(rows[0]), int(ts[0])
        self.count += len(rows)

    def mark(self, mask: BoolArray, rows: Rows) -> None:
        """Count the rows that `mask` selects."""
        if mask.any():
            index = np.flatnonzero(mask)
            self.add(index + rows.start, rows.ts[index])

    def defect(self, kind: DefectKind, severity: Severity, sentence: str) -> list[Defect]:
        """Return the finding, or none when nothing was counted."""
        if not self.count:
            return []
        return [Defect(kind, severity, self.count, self.row, self.ts, sentence, REPAIRS.get(kind, ""))]


@dataclass(frozen=True, slots=True)
class EqualRun:
    """Hold `length` equal values in a row, the first at row `row`, stamped `ts`, the last at row `last`."""

    value: int
    length: int
    row: int
    ts: int
    last: int


class EqualRunCounter:
    """Collect the stretches of one value that are at least `least` long, wherever the pieces are cut.

    `ignore` is a value whose stretches are of no interest.
    """

    def __init__(self, least: int, ignore: int) -> None:
        self._least = least
        self._ignore = ignore
        self._open: EqualRun | None = None
        self._found: list[EqualRun] = []

    def feed(self, values: Ints, rows: Ints, ts: Ints) -> None:
        """Take the next values with their row numbers and stamps."""
        if not len(values):
            return
        starts = np.concatenate([[0], np.flatnonzero(np.diff(values)) + 1])
        ends = np.concatenate([starts[1:], [len(values)]])
        worth = (ends - starts >= self._least) & (values[starts] != self._ignore)
        worth[0] = worth[-1] = True
        for start, end in zip(starts[worth].tolist(), ends[worth].tolist(), strict=True):
            run = EqualRun(int(values[start]), end - start, int(rows[start]), int(ts[start]), int(rows[end - 1]))
            self._push(run, touches=start == 0)

    def found(self) -> list[EqualRun]:
        """Return the long stretches so far, the open one included."""
        return self._found + ([self._open] if self._open and self._is_long(self._open) else [])

    def _push(self, run: EqualRun, touches: bool) -> None:
        before = self._open
        if before is not None and touches and run.value == before.value:
            run = EqualRun(run.value, before.length + run.length, before.row, before.ts, run.last)
        elif before is not None and self._is_long(before):
            self._found.append(before)
        self._open = run

    def _is_long(self, run: EqualRun) -> bool:
        return run.length >= self._least and run.value != self._ignore
