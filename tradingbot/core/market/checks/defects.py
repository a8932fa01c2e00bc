# file: core/market/checks/defects.py
"""Data defects: what can be wrong with market data, how severe it is, its repair, its wording, and counters of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from tradingbot.core.arrays import BoolArray, Ints
from tradingbot.core.market.chunks import Chunk


class DefectKind(StrEnum):
    """One way in which a row, or a file, is wrong."""

    MISSING_COLUMN = "missing-column"
    EMPTY_FILE = "empty-file"
    UNREADABLE = "unreadable"
    ABSURD_TIME = "absurd-time"
    FUTURE_TIME = "future-time"
    AMBIGUOUS_TIME = "ambiguous-time"
    NONEXISTENT_TIME = "nonexistent-time"
    OUT_OF_ORDER = "out-of-order"
    DUPLICATE_SAME = "duplicate-same"
    DUPLICATE_CONFLICTING = "duplicate-conflicting"
    GAP = "gap"
    WRONG_STEP = "wrong-step"
    MIXED_STEP = "mixed-step"
    MISALIGNED = "misaligned"
    WRONG_TIMEZONE = "wrong-timezone"
    OPEN_STAMPED = "open-stamped"
    NAN = "nan"
    NON_POSITIVE_PRICE = "non-positive-price"
    HIGH_BELOW_LOW = "high-below-low"
    OUTSIDE_RANGE = "outside-range"
    NEGATIVE_VOLUME = "negative-volume"
    ZERO_VOLUME = "zero-volume"
    BAD_SIZE = "bad-size"
    ZERO_SIZE = "zero-size"
    CROSSED_QUOTE = "crossed-quote"
    ABSURD_RATE = "absurd-rate"
    BEYOND_RANGE = "beyond-range"
    WRONG_UNIT = "wrong-unit"
    ZERO_RATE = "zero-rate"
    OFF_TICK = "off-tick"
    COARSE_TICK = "coarse-tick"
    SPIKE = "spike"
    STALE = "stale"
    LEVEL_SHIFT = "level-shift"
    VOLUME_SHIFT = "volume-shift"


REPAIRS: Mapping[DefectKind, str] = {
    DefectKind.ABSURD_TIME: "drop the rows",
    DefectKind.FUTURE_TIME: "drop the rows",
    DefectKind.AMBIGUOUS_TIME: "drop the rows",
    DefectKind.OUT_OF_ORDER: "sort by time",
    DefectKind.DUPLICATE_SAME: "keep one of each",
    DefectKind.DUPLICATE_CONFLICTING: "keep the one that comes last in the file",
    DefectKind.NAN: "drop the rows",
    DefectKind.NON_POSITIVE_PRICE: "drop the rows",
    DefectKind.HIGH_BELOW_LOW: "swap high and low",
    DefectKind.OUTSIDE_RANGE: "widen high and low to take in open and close",
    DefectKind.NEGATIVE_VOLUME: "set the volume to 0",
    DefectKind.BAD_SIZE: "drop the rows",
    DefectKind.CROSSED_QUOTE: "drop the rows",
}
"""What `--on-defect repair` does. What is absent here is never touched: no bar is invented, no price is smoothed."""

KEEPABLE = frozenset({DefectKind.GAP})
"""What `--on-defect keep` files rightly: no row is wrong, some are absent."""


class Severity(StrEnum):
    """What a finding does to an import."""

    REFUSE = "refuse"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Defect:
    """Tell one kind of defect of one file.

    `count` counts rows (missing bars for a gap), `first_row` is 0-based in the file's data rows, `first_time` the UTC
    nanoseconds of that row as the catalog would stamp it. `repair` says what `--on-defect repair` does about it and is
    empty where nothing can be done.
    """

    kind: DefectKind
    severity: Severity
    count: int
    first_row: int
    first_time: int
    sentence: str
    repair: str = ""

    def __str__(self) -> str:
        then = f"; repair: {self.repair}" if self.repair else ""
        where = f"first at row {self.first_row}, {moment(self.first_time)}"
        return f"{self.kind} ({self.severity}) x {self.count}, {where}: {self.sentence}{then}"


@dataclass(frozen=True, slots=True)
class Findings:
    """Hold what a check of `rows` rows found, the refusals first, and the earliest and latest time."""

    rows: int
    first_ts: int
    last_ts: int
    defects: tuple[Defect, ...]

    @property
    def refusals(self) -> tuple[Defect, ...]:
        """The defects that forbid an import."""
        return tuple(defect for defect in self.defects if defect.severity is Severity.REFUSE)

    @property
    def warnings(self) -> tuple[Defect, ...]:
        """The defects an import only mentions."""
        return tuple(defect for defect in self.defects if defect.severity is Severity.WARN)

    def joined(self, more: Iterable[Defect]) -> Findings:
        """Return these findings and more, the refusals still first."""
        defects = sorted([*self.defects, *more], key=lambda defect: defect.severity is not Severity.REFUSE)
        return replace(self, defects=tuple(defects))

    def of(self, kind: DefectKind) -> Defect | None:
        """Return the finding of this kind, if there is one."""
        return next((defect for defect in self.defects if defect.kind is kind), None)


def moment(ts: int) -> str:
    """Return UTC nanoseconds as `2025-10-10 21:15:00`, with the fraction only where there is one."""
    return str(np.datetime64(ts, "ns")).replace("T", " ").rstrip("0").removesuffix(".")


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
