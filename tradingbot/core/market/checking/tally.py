# file: core/market/checking/tally.py
"""Count the rows that have a defect and remember the first."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tradingbot.core.market.arrays import Ints
from tradingbot.core.market.chunks import Chunk
from tradingbot.core.market.defects import REPAIRS, Defect, DefectKind, Severity

__all__ = ["Mask", "Rows", "Tally", "beyond_slips"]

_SLIP_ROWS, _SLIP_SHARE = 5, 0.1
"""So many rows, and more than this share of all that could be wrong, are no slips."""

Mask = npt.NDArray[np.bool_]


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
class Tally:
    """Count rows; `row` and `ts` are the first one's, by row number."""

    count: int = 0
    row: int = -1
    ts: int = 0

    def add(self, rows: Ints, ts: Ints) -> None:
        """Count these rows, given in the file's order."""
        if len(rows) and (self.row < 0 or rows[0] < self.row):
            self.row, self.ts = int(rows[0]), int(ts[0])
        self.count += len(rows)

    def mark(self, mask: Mask, rows: Rows) -> None:
        """Count the rows that `mask` selects."""
        if mask.any():
            index = np.flatnonzero(mask)
            self.add(index + rows.start, rows.ts[index])

    def defect(self, kind: DefectKind, severity: Severity, sentence: str) -> list[Defect]:
        """Return the finding, or none when nothing was counted."""
        if not self.count:
            return []
        return [Defect(kind, severity, self.count, self.row, self.ts, sentence, REPAIRS.get(kind, ""))]
