# file: core/market/checking/seen.py
"""Remember every stamp and a digest of its row on disk, so that a duplicate is found wherever it stands."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from tradingbot.core.market.arrays import Ints
from tradingbot.core.market.checking.tally import Mask
from tradingbot.core.market.chunks import Chunk, parts

__all__ = ["Seen", "digest"]

_BLOCK_ROWS = 1 << 18
_RECORD_BYTES = 24

Digests = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows by number, stamp and digest."""

    row: Ints
    ts: Ints
    digest: Digests


def digest(chunk: Chunk) -> Digests:
    """Return one number per row, shape (n,), that differs where any value of any side differs.

    Mixes the bits of all columns (a multiply and a xor-shift each, after splitmix64); strings are not in it. Two
    different rows collide once in 2^64.
    """
    mixed = np.zeros(len(parts(chunk)[0]), np.uint64)
    for part in parts(chunk):
        for field in fields(part)[1:]:
            column = getattr(part, field.name)
            if column.dtype.kind != "U":
                mixed ^= np.ascontiguousarray(column).astype(column.dtype).view(f"u{column.dtype.itemsize}")
                mixed = mixed * np.uint64(0xBF58476D1CE4E5B9)
                mixed ^= mixed >> np.uint64(31)
    return mixed


class Seen:
    """Keep stamps and digests in an unnamed temporary file: 24 bytes a row there, next to nothing in memory.

    `close()` gives the disk space back.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close(), or with a check that is given up
        self.close = weakref.finalize(self, self._file.close)

    def add(self, rows: Ints, ts: Ints, digests: Digests) -> None:
        """Remember these rows."""
        records = np.empty((len(rows), 3), np.int64)
        records[:, 0], records[:, 1], records[:, 2] = rows, ts, digests.view(np.int64)
        self._file.write(records.data)

    def duplicates(self, late: Ints) -> tuple[Ints, Ints, Mask]:
        """Return rows, stamps and `same` of every row whose stamp, one of `late`, an earlier row has already.

        `same` is True where the whole row equals the one with that stamp before it.
        """
        found = self._with(np.unique(late))
        order = np.lexsort((found.row, found.ts))
        row, ts, digests = found.row[order], found.ts[order], found.digest[order]
        again = np.flatnonzero(ts[1:] == ts[:-1]) + 1
        again = again[np.argsort(row[again], kind="stable")]
        return row[again], ts[again], digests[again] == digests[again - 1]

    def _with(self, stamps: Ints) -> _Table:
        picked = [records[np.isin(records[:, 1], stamps)] for records in self._records()]
        table = np.concatenate([np.empty((0, 3), np.int64), *picked])
        return _Table(table[:, 0], table[:, 1], np.ascontiguousarray(table[:, 2]).view(np.uint64))

    def _records(self) -> Iterator[Ints]:
        self._file.seek(0)
        while raw := self._file.read(_BLOCK_ROWS * _RECORD_BYTES):
            yield np.frombuffer(raw, np.int64).reshape(-1, 3)
