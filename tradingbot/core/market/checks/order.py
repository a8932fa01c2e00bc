# file: core/market/checks/order.py
"""Order of time stamps: absurd, future, out of order or duplicate rows, wherever in the file they stand."""

from __future__ import annotations

import tempfile
import weakref
from dataclasses import fields
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt

from tradingbot.core.arrays import BoolArray, Ints
from tradingbot.core.market.calendars.clocks import LAST_TIME, Doubt, doubts, suspected_times
from tradingbot.core.market.checks.defects import Defect, DefectCounter, DefectKind, Rows, Severity, beyond_slips
from tradingbot.core.market.chunks import Chunk, parts
from tradingbot.core.market.columns import TICKS, Kind, Quotes, Trades

FIRST_TIME = 631_152_000_000_000_000
"""1990-01-01: no market data of ours is older."""

_BLOCK_ROWS = 1 << 18
_RECORD_BYTES = 24
_BEGINNING = np.iinfo(np.int64).min
_SENTENCES = {
    DefectKind.ABSURD_TIME: "the time is absent, before 1990 or after 2100: a mistaken unit (s, ms, us, ns)?",
    DefectKind.AMBIGUOUS_TIME: (
        "the clock was set back and showed this hour twice; the order of the rows does not tell which is meant"
    ),
    DefectKind.NONEXISTENT_TIME: (
        "the clock was set forward past this time and never showed it: the file has another clock, name it with --tz"
    ),
    DefectKind.FUTURE_TIME: "the time is still to come",
    DefectKind.OUT_OF_ORDER: "the time is before that of an earlier row",
    DefectKind.DUPLICATE_SAME: "an equal row was there already",
    DefectKind.DUPLICATE_CONFLICTING: "a row of the same time had other values",
}
_SLIPS = {
    DefectKind.ABSURD_TIME: "",
    DefectKind.DUPLICATE_CONFLICTING: ": the rows of several markets, or times that lost their hours?",
}

type Digests = npt.NDArray[np.uint64]


class Forward(NamedTuple):
    """What the other time checks need of a chunk: the rows that move time on.

    There is one entry per such row; `before` is the latest stamp of all rows ahead of it.
    """

    rows: Ints
    ts: Ints
    before: Ints


class OrderChecks:
    """Walk along the stamps, with the latest so far carried from chunk to chunk.

    Rows with absurd or future stamps take no part in the order. Of ticks, equal stamps are normal; a duplicate is a
    tick that equals the one before it, ids included.
    """

    def __init__(self, kind: Kind, now_ns: int) -> None:
        self._kind = kind
        self._now = now_ns
        self._latest = _BEGINNING
        self._rows = 0
        self._tail: Chunk | None = None
        self._seen = _DuplicateIndex()
        self._late: list[Ints] = []
        self._repeated: list[tuple[Ints, Ints]] = []
        self._counters = {kind: DefectCounter() for kind in _SENTENCES}

    def feed(self, rows: Rows) -> Forward:
        """Look at the next rows and return those that move time on."""
        absurd, future = is_absurd(rows.ts), is_future(rows.ts, self._now)
        if absurd.any():
            self._count_absurd(absurd, rows)
        self._counters[DefectKind.FUTURE_TIME].mark(future, rows)
        self._rows += len(rows.ts)
        sane = np.flatnonzero(~(absurd | future))
        ts, numbers = rows.ts[sane], sane + rows.start
        before = np.maximum.accumulate(np.concatenate([[self._latest], ts]))
        self._latest, before = int(before[-1]), before[:-1]
        back = ts < before
        self._counters[DefectKind.OUT_OF_ORDER].add_rows(numbers[back], ts[back])
        self._late.append(ts[back])
        again = back
        if self._kind in TICKS:
            self._counters[DefectKind.DUPLICATE_SAME].mark(repeats(rows.chunk, self._tail), rows)
            self._tail = rows.chunk
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
        if self._kind not in TICKS:
            rows, ts, same = self._seen.duplicates(self.repeated()[1])
            self._counters[DefectKind.DUPLICATE_SAME].add_rows(rows[same], ts[same])
            self._counters[DefectKind.DUPLICATE_CONFLICTING].add_rows(rows[~same], ts[~same])
        self._seen.close()
        defects = []
        for kind, counter in self._counters.items():
            normal = kind is DefectKind.DUPLICATE_SAME and self._kind is Kind.QUOTES
            counted = counter.defect(kind, Severity.WARN if normal else Severity.REFUSE, _SENTENCES[kind])
            defects += beyond_slips(counted, self._rows, _SLIPS[kind]) if kind in _SLIPS else counted
        return defects

    def _count_absurd(self, absurd: BoolArray, rows: Rows) -> None:
        doubt, shown = doubts(rows.ts), suspected_times(rows.ts)
        for kind, each in ((DefectKind.AMBIGUOUS_TIME, Doubt.TWICE), (DefectKind.NONEXISTENT_TIME, Doubt.NEVER)):
            index = np.flatnonzero(doubt == each)
            self._counters[kind].add_rows(index + rows.start, shown[index])
        self._counters[DefectKind.ABSURD_TIME].mark(absurd & (doubt == Doubt.NONE), rows)


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
                mixed ^= np.ascontiguousarray(column).view(f"u{column.dtype.itemsize}")
                mixed = mixed * np.uint64(0xBF58476D1CE4E5B9)
                mixed ^= mixed >> np.uint64(31)
    return mixed


class _DuplicateIndex:
    """Stamps and digests in an unnamed temporary file: 24 bytes a row there, next to nothing in memory.

    `close()` gives the disk space back.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close(), or with a check that is given up
        self.close = weakref.finalize(self, self._file.close)

    def add(self, rows: Ints, ts: Ints, digests: Digests) -> None:
        self._file.write(np.column_stack([rows, ts, digests.view(np.int64)]).data)

    def duplicates(self, late: Ints) -> tuple[Ints, Ints, BoolArray]:
        """Return rows, stamps and `same` of every row whose stamp, one of `late`, an earlier row has already.

        `same` is True where the whole row equals the one with that stamp before it.
        """
        wanted, picked = np.unique(late), [np.empty((0, 3), np.int64)]
        self._file.seek(0)
        while raw := self._file.read(_BLOCK_ROWS * _RECORD_BYTES):
            records = np.frombuffer(raw, np.int64).reshape(-1, 3)
            picked.append(records[np.isin(records[:, 1], wanted)])
        row, ts, digests = np.concatenate(picked).T
        order = np.lexsort((row, ts))
        row, ts, digests = row[order], ts[order], digests[order]
        again = np.flatnonzero(ts[1:] == ts[:-1]) + 1
        again = again[np.argsort(row[again], kind="stable")]
        return row[again], ts[again], digests[again] == digests[again - 1]
