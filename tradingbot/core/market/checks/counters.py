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


def beyond_slips(defects: list[Defect], rows: int, why: str = "") -> list[Defect]:
    """Return defects without their repair where they are in a good part of the `rows` that could have them, saying why.

    A repair is for slips: what it made of such a file would be wrong.
    """
    return [
        replace(each, sentence=f"{each.sentence}, in {each.count:,} of {rows:,} rows{why}", repair="")
        if each.count >= _SLIP_ROWS and each.count > _SLIP_SHARE * rows
        else each
        for each in defects
    ]


@dataclass(slots=True)
class DefectCounter:
    """Count rows; `row` and `ts` are the first one's, by row number."""

    count: int = 0
    row: int = -1
    ts: int = 0

    def add(self, count: int, row: int, ts: int) -> None:
        """Count so many rows, the first of which is `row`, stamped `ts`."""
        if self.row < 0 or row < self.row:
            self.row, self.ts = row, ts
        self.count += count

    def add_rows(self, rows: Ints, ts: Ints) -> None:
        """Count these rows, given in the file's order."""
        if len(rows):
            self.add(len(rows), int(rows[0]), int(ts[0]))

    def mark(self, mask: BoolArray, rows: Rows) -> None:
        """Count the rows that `mask` selects."""
        index = np.flatnonzero(mask)
        self.add_rows(index + rows.start, rows.ts[index])

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
        self._long: list[EqualRun] = []

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
            before = self._open
            if before is not None and start == 0 and run.value == before.value:
                run = replace(before, length=before.length + run.length, last=run.last)
            else:
                self._long += self._if_long()
            self._open = run

    def runs(self) -> list[EqualRun]:
        """Return the long stretches so far, the open one included."""
        return self._long + self._if_long()

    def _if_long(self) -> list[EqualRun]:
        run = self._open
        return [run] if run is not None and run.length >= self._least and run.value != self._ignore else []
