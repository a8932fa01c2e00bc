# file: core/market/checks/order.py
"""Order of time stamps: absurd, future, out of order or duplicate rows, wherever in the file they stand."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import cast

import numpy as np
import numpy.typing as npt

from tradingbot.core.arrays import BoolArray, Ints
from tradingbot.core.market.calendars.clocks import Doubt, doubts, suspected_times
from tradingbot.core.market.checks.counters import DefectCounter, Rows, beyond_slips
from tradingbot.core.market.checks.defects import Defect, DefectKind, Severity
from tradingbot.core.market.chunks import Chunk, parts
from tradingbot.core.market.columns import Kind, Quotes, Trades

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


class DuplicateIndex:
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

    def duplicates(self, late: Ints) -> tuple[Ints, Ints, BoolArray]:
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


FIRST_TIME = 631_152_000_000_000_000
"""1990-01-01: no market data of ours is older."""

LAST_TIME = 4_102_444_800_000_000_000
"""2100-01-01: beyond lies a mistaken unit."""

_TICKS = (Kind.QUOTES, Kind.TRADES)
_TWICE = "the clock was set back and showed this hour twice; the order of the rows does not tell which is meant"
_NEVER = "the clock was set forward past this time and never showed it: the file has another clock, name it with --tz"
_BEGINNING = np.iinfo(np.int64).min


class Forward:
    """Hold what the other time checks need of a chunk: the rows that move time on.

    `rows`, `ts` and `before` have one entry per such row; `before` is the latest stamp of all rows ahead of it.
    """

    def __init__(self, rows: Ints, ts: Ints, before: Ints) -> None:
        self.rows = rows
        self.ts = ts
        self.before = before


class OrderChecks:
    """Walk along the stamps, with the latest so far carried from chunk to chunk.

    Rows with absurd or future stamps take no part in the order. Of ticks, equal stamps are normal; a duplicate is a
    tick that equals the one before it, ids included. `late_stamps()` are those of rows that go back in time.
    """

    def __init__(self, kind: Kind, now_ns: int) -> None:
        self._kind = kind
        self._now = now_ns
        self._latest = _BEGINNING
        self._rows = 0
        self._tail: Chunk | None = None
        self._seen = DuplicateIndex()
        self._late: list[Ints] = []
        self._repeated: list[tuple[Ints, Ints]] = []
        self._absurd, self._future, self._back, self._same, self._other = (DefectCounter() for _ in range(5))
        self._twice, self._never = DefectCounter(), DefectCounter()

    def feed(self, rows: Rows) -> Forward:
        """Look at the next rows and return those that move time on."""
        absurd, future = is_absurd(rows.ts), is_future(rows.ts, self._now)
        if absurd.any():
            self._absurd.mark(absurd & ~self._doubtful(rows), rows)
        self._future.mark(future, rows)
        self._rows += len(rows.ts)
        sane = np.flatnonzero(~(absurd | future))
        ts, numbers = rows.ts[sane], sane + rows.start
        before = np.maximum.accumulate(np.concatenate([[self._latest], ts]))
        self._latest, before = int(before[-1]), before[:-1]
        back = ts < before
        self._back.add(numbers[back], ts[back])
        self._late.append(ts[back])
        again = back
        if self._kind in _TICKS:
            self._ticks(rows)
        else:
            self._seen.add(numbers, ts, digest(rows.chunk)[sane])
            again = ts <= before
        self._repeated.append((numbers[again], ts[again]))
        forward = (ts > before) & (before != _BEGINNING)
        return Forward(numbers[forward], ts[forward], before[forward])

    def late_stamps(self) -> Ints:
        """Return the stamps of all rows that go back in time, each once."""
        return np.unique(np.concatenate([np.empty(0, np.int64), *self._late]))

    def repeated(self) -> tuple[Ints, Ints]:
        """Return row and stamp of all rows that do not move time on; of ticks, those that go back."""
        empty = np.empty(0, np.int64)
        rows, ts = (np.concatenate(column) for column in zip((empty, empty), *self._repeated, strict=True))
        return rows, ts

    def defects(self) -> list[Defect]:
        """Return what was found, and forget the rows."""
        if self._kind not in _TICKS:
            self._tell_duplicates()
        self._seen.close()
        again = Severity.REFUSE if self._kind is not Kind.QUOTES else Severity.WARN
        unit = "the time is absent, before 1990 or after 2100: a mistaken unit (s, ms, us, ns)?"
        other = "a row of the same time had other values"
        mixed = ": the rows of several markets, or times that lost their hours?"
        return [
            *(
                beyond_slips(found, self._rows, "")
                for found in self._absurd.defect(DefectKind.ABSURD_TIME, Severity.REFUSE, unit)
            ),
            *self._twice.defect(DefectKind.AMBIGUOUS_TIME, Severity.REFUSE, _TWICE),
            *self._never.defect(DefectKind.NONEXISTENT_TIME, Severity.REFUSE, _NEVER),
            *self._future.defect(DefectKind.FUTURE_TIME, Severity.REFUSE, "the time is still to come"),
            *self._back.defect(DefectKind.OUT_OF_ORDER, Severity.REFUSE, "the time is before that of an earlier row"),
            *self._same.defect(DefectKind.DUPLICATE_SAME, again, "an equal row was there already"),
            *(
                beyond_slips(found, self._rows, mixed)
                for found in self._other.defect(DefectKind.DUPLICATE_CONFLICTING, Severity.REFUSE, other)
            ),
        ]

    def _doubtful(self, rows: Rows) -> BoolArray:
        doubt, shown = doubts(rows.ts), suspected_times(rows.ts)
        for tally, kind in ((self._twice, Doubt.TWICE), (self._never, Doubt.NEVER)):
            index = np.flatnonzero(doubt == kind)
            tally.add(index + rows.start, shown[index])
        return np.asarray(doubt != Doubt.NONE, np.bool_)

    def _ticks(self, rows: Rows) -> None:
        mask = repeats(rows.chunk, self._tail)
        self._same.mark(mask, rows)
        self._tail = rows.chunk

    def _tell_duplicates(self) -> None:
        rows, ts, same = self._seen.duplicates(self.repeated()[1])
        self._same.add(rows[same], ts[same])
        self._other.add(rows[~same], ts[~same])


def is_absurd(ts: Ints) -> BoolArray:
    """Return True where a stamp is absent or of no plausible year, shape (n,)."""
    return (ts < FIRST_TIME) | (ts >= LAST_TIME)


def is_future(ts: Ints, now_ns: int) -> BoolArray:
    """Return True where a plausible stamp is later than `now_ns`, shape (n,)."""
    return (ts > now_ns) & (ts < LAST_TIME)


def repeats(chunk: Chunk, before: Chunk | None) -> BoolArray:
    """Return True where a tick equals the one ahead of it, shape (n,); `before` is the chunk ahead."""
    ticks = cast(Quotes | Trades, chunk)
    mark = digest(ticks)
    equal = np.zeros(len(ticks), np.bool_)
    equal[1:] = (ticks.ts[1:] == ticks.ts[:-1]) & (mark[1:] == mark[:-1])
    if isinstance(ticks, Trades):
        equal[1:] &= ticks.trade_id[1:] == ticks.trade_id[:-1]
    if before is not None and len(ticks):
        seam = cast(Quotes | Trades, before).take(slice(-1, None))
        joined = type(seam).join([seam, ticks.take(slice(0, 1))])  # type: ignore[list-item]
        equal[0] = bool(repeats(joined, None)[1])
    return equal
