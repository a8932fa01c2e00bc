# file: core/market/journal/writer.py
"""Feed journal writer: rows, watermarks, gaps and strays of a feed, each change on disk before it is handed on."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Protocol

from tradingbot.core.errors import BadInput
from tradingbot.core.market.columns import Columns
from tradingbot.core.market.journal.reader import stored_rows
from tradingbot.core.market.journal.schema import Coverage, coverages, key, open_journal
from tradingbot.core.market.series import Series
from tradingbot.core.storage.sqlite import transaction


class JournalGap(Protocol):
    """Rows from `first` to `last` (UTC ns) that did not come by themselves; see the columns of `gaps`."""

    cause: str
    first: int
    last: int
    asks: int
    filled: int
    missing: int


@dataclass(frozen=True, slots=True)
class FeedBeat:
    """A feed's sign of life; the columns of `heartbeat` (see `schema.TABLES`) but for its process."""

    connected: bool
    venue: int
    skew: int
    speed: float
    lag: int
    state: str
    sentence: str = ""


class FeedJournal:
    """Write the journal of one feed process; who reads it sees a change whole, when it is on disk.

    Raises RunFailed when the file is of another version of this program, sqlite3.Error when it cannot be written.
    """

    def __init__(self, path: Path, pid: int = 0) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._database = open_journal(path, "mode=rwc")
        self._coverage = coverages(self._database)
        self._born = pid, time.time_ns()
        # Whoever died with a gap open asks for it again from the watermark on, as a gap of its own.
        self._database.execute("UPDATE gaps SET ended = ? WHERE ended = 0", (time.time_ns(),))

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Do all changes of the block together, or none."""
        if self._database.in_transaction:
            yield
            return
        before = dict(self._coverage)
        try:
            with transaction(self._database):
                yield
        except BaseException:
            self._coverage = before
            raise

    @property
    def coverages(self) -> dict[Series, Coverage]:
        """What the journal has of each series."""
        return dict(self._coverage)

    def carry(self, series: Series, since: int, venue: str = "") -> Coverage:
        """Begin a series with the rows after `since` (UTC ns), or go on with one that is there; return its coverage.

        Raises BadInput when it is there, and another venue's (or environment's) than `venue`.
        """
        query = "SELECT venue FROM series WHERE (kind, instrument, step, side) = (?, ?, ?, ?)"
        for (known,) in self._database.execute(query, key(series)):
            if known != venue:
                raise BadInput(
                    f"{series} in the feed journal {self.path} came from {known}, and config/venues.json names {venue};"
                    " set the journal aside, or go back"
                )
        if series not in self._coverage:
            with self.whole():
                self._database.execute(
                    "INSERT INTO series (kind, instrument, step, side, venue, since, until, sealed, kept)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (*key(series), venue, since, since, since, since),
                )
                self._coverage = coverages(self._database)
        return self._coverage[series]

    def advance(self, series: Series, until: int, rows: Columns) -> None:
        """Hand on `rows`, all there will be of a series up to the new watermark `until`, UTC ns.

        Raises ValueError when one of them is not after the old watermark and not after `until`.
        """
        had = self._coverage[series]
        if until < had.until or (len(rows) and not had.until < rows.ts[0] <= rows.ts[-1] <= until):
            raise ValueError(f"{series}: rows to {until} were not after the watermark {had.until}")
        columns = (getattr(rows, field.name).tolist() for field in fields(rows))
        marks = ", ".join("?" * (1 + len(fields(rows))))
        with self.whole():
            self._database.executemany(
                f"INSERT INTO {series.kind} VALUES ({marks})",  # noqa: S608 - our own names
                ((had.number, *row) for row in zip(*columns, strict=True)),
            )
            self._set(series, until=until)

    def rows(self, series: Series, start: int, end: int) -> Columns:
        """Return the rows of a series with start <= ts <= end."""
        return stored_rows(self._database, series.kind, self._coverage[series].number, start, end)

    def sealed(self, series: Series, until: int, *, rows: int, missing: int, findings: list[str]) -> None:
        """Note that the rows of the day that ends at `until` are in the catalog, and what the checks found in them."""
        with self.whole():
            self._seal(series, until, "sealed", rows, missing, findings)
            self._set(series, sealed=until)

    def refused(self, series: Series, until: int, findings: list[str]) -> None:
        """Note why the day that ends at `until` could not be written to the catalog."""
        self._seal(series, until, "refused", 0, 0, findings)

    def uncompared(self) -> list[tuple[Series, int]]:
        """Return the sealed days, by the midnight that ends them, that were not compared with the venue's history."""
        query = "SELECT series, until FROM seals WHERE state = 'sealed' AND compared = 0 ORDER BY until, series"
        named = {coverage.number: series for series, coverage in self._coverage.items()}
        return [(named[number], until) for number, until in self._database.execute(query)]

    def compared(self, series: Series, until: int, differences: Mapping[int, tuple[object, object]]) -> None:
        """Note that a day was compared, and where it differs (by stamp) what the journal and the history have."""
        number, now = self._coverage[series].number, time.time_ns()
        with self.whole():
            self._database.executemany(
                "INSERT INTO differences (series, ts, wall, kept, venue) VALUES (?, ?, ?, ?, ?)",
                [(number, ts, now, json.dumps(kept), json.dumps(venue)) for ts, (kept, venue) in differences.items()],
            )
            self._database.execute("UPDATE seals SET compared = ? WHERE series = ? AND until = ?", (now, number, until))

    def prune(self, until: int) -> None:
        """Forget the sealed rows up to `until`: the catalog has them."""
        for series, coverage in self.coverages.items():
            if (kept := min(until, coverage.sealed)) > coverage.kept:
                with self.whole():
                    self._database.execute(
                        f"DELETE FROM {series.kind} WHERE series = ? AND ts <= ?",  # noqa: S608 - our own names
                        (coverage.number, kept),
                    )
                    self._set(series, kept=kept)

    def gap(self, series: Series, gap: JournalGap, number: int | None = None, *, ended: bool = True) -> int:
        """Note rows that did not come by themselves, or how the gap of that `number` went on; return its number."""
        row = (gap.first, gap.last, gap.cause, time.time_ns(), gap.asks, gap.filled, gap.missing)
        cursor = self._database.execute(
            "INSERT OR REPLACE INTO gaps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, self._coverage[series].number, *row, time.time_ns() if ended else 0),
        )
        return int(cursor.lastrowid or 0)

    def stray(self, series: Series, ts: int, what: str, heard: object) -> None:
        """Note a row that was not handed on: it came again, too late, or off the step."""
        self._database.execute(
            "INSERT INTO strays (series, ts, what, wall, heard) VALUES (?, ?, ?, ?, ?)",
            (self._coverage[series].number, ts, what, time.time_ns(), json.dumps(heard)),
        )

    def beat(self, beat: FeedBeat) -> None:
        """Give a sign of life."""
        pid, began = self._born
        self._database.execute(
            "INSERT OR REPLACE INTO heartbeat VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (pid, began, time.time_ns(), *astuple(beat)),
        )

    def _seal(self, series: Series, until: int, state: str, rows: int, missing: int, findings: list[str]) -> None:
        self._database.execute(
            "INSERT OR REPLACE INTO seals VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
            (self._coverage[series].number, until, time.time_ns(), state, rows, missing, json.dumps(findings)),
        )

    def _set(self, series: Series, **values: int) -> None:
        names = ", ".join(f"{name} = ?" for name in values)
        self._database.execute(
            f"UPDATE series SET {names} WHERE number = ?",  # noqa: S608 - our own names
            (*values.values(), self._coverage[series].number),
        )
        self._coverage = coverages(self._database)
