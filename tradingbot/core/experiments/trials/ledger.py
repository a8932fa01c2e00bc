# file: core/experiments/trials/ledger.py
"""Trial ledger on disk: one row per run, added and never changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tradingbot.core.errors import BadInput, LedgerTampered, RunFailed
from tradingbot.core.experiments.trials.hashchain import (
    LedgerHead,
    check_counter,
    check_head,
    read_head,
    verified_rows,
    write_head,
)
from tradingbot.core.experiments.trials.trial import GENESIS, Row, Trial, cells_of
from tradingbot.core.storage.appendonly import (
    append_only_schema,
    check_schema,
    highest_number,
    schema_objects,
    transaction,
)

COLUMNS = (
    "number", "recorded_ns", "who", "purpose", "label", "lane", "strategy", "instruments", "assets", "bar", "start_ns",
    "end_ns", "config_sha256", "code_sha256", "data_sha256", "trades", "days", "returns", "parent", "digest",
)  # fmt: skip

_TABLE = """CREATE TABLE trials (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    recorded_ns INTEGER NOT NULL,
    who TEXT NOT NULL,
    purpose TEXT NOT NULL,
    label TEXT NOT NULL,
    lane TEXT NOT NULL,
    strategy TEXT NOT NULL,
    instruments TEXT NOT NULL,
    assets TEXT NOT NULL,
    bar TEXT NOT NULL,
    start_ns INTEGER NOT NULL,
    end_ns INTEGER NOT NULL,
    config_sha256 TEXT NOT NULL,
    code_sha256 TEXT NOT NULL,
    data_sha256 TEXT NOT NULL,
    trades INTEGER NOT NULL,
    days BLOB NOT NULL,
    returns BLOB NOT NULL,
    parent TEXT NOT NULL,
    digest TEXT NOT NULL
) STRICT"""

SCHEMA = append_only_schema("trials", _TABLE, "a trial")
"""What makes the file: a statement for each object, by its name."""


_PATIENCE_S = 30.0
_INSERT = f"INSERT INTO trials ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - our own
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM trials ORDER BY number"  # noqa: S608 - names of our own
_START = LedgerHead(0, GENESIS)


class TrialLedger:
    """The SQLite file at `path`, made with its first row, and beside it the mark of its last row (`.head`).

    Every look at it checks the whole chain; adding a row checks the end. The journal is SQLite's own (DELETE), not a
    write-ahead log: the file alone then holds every row, and while a reader looks, nothing is added that the mark could
    tell of.

    Every method raises LedgerTampered when a row, the order of rows, the table, a trigger or the mark is not what was
    written; RunFailed when the file cannot be opened or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.mark = path.with_suffix(".head")

    def record(self, trial: Trial, now: int) -> Row:
        """Add the trial, recorded at `now` (UTC ns), and return its row; it is on the disk when this returns.

        Raises BadInput when a text of the trial is not Unicode.
        """
        self._refuse_missing()
        self._make_folder()
        with self._opened("rwc") as file:
            with transaction(file, "BEGIN IMMEDIATE"):
                self._make(file)
                before = self._checked_end(file)
                cells = cells_of(before.number + 1, now, trial, before.digest)
                file.execute(_INSERT, cells)
            # The mark is written with the file locked, so that it never goes back behind another process's.
            with transaction(file, "BEGIN IMMEDIATE"):
                write_head(self.mark, _end(file))
        return Row(cells[0], cells[1], trial, cells[-1])

    def rows(self) -> list[Row]:
        """Return every row, oldest first."""
        self._refuse_missing()
        if not self.path.exists():
            return []
        with self._opened("rw") as file, transaction(file, "BEGIN"):
            if not schema_objects(file):
                self._refuse_emptied()
                return []
            check_schema(self.path, file, SCHEMA)
            found = verified_rows(self.path, file.execute(_SELECT))
            check_counter(self.path, highest_number(file), len(found))
            anchor = self._anchor(len(found))
        digest = found[anchor.number - 1].digest if 0 < anchor.number <= len(found) else GENESIS
        check_head(self.path, self.mark, anchor, len(found), digest)
        return found

    def touching(self, assets: Iterable[str], start: int, end: int) -> list[Row]:
        """Return the rows on any of `assets` whose period overlaps `start` to `end` (UTC ns).

        Whatever their lane, bars or data file: a bar more in the catalog, or a perpetual in place of the coin, does not
        make what was tried forgotten.
        """
        wanted = set(assets)
        return [
            row
            for row in self.rows()
            if wanted & set(row.trial.assets) and row.trial.start < end and row.trial.end > start
        ]

    def verify(self) -> str:
        """Check everything and return the digest of the last row, 64 zeros without one."""
        found = self.rows()
        return found[-1].digest if found else GENESIS

    def _refuse_missing(self) -> None:
        # The mark is looked at first: it tells of rows only after the file has them.
        anchor = read_head(self.mark)
        if anchor is not None and anchor != _START and not self.path.exists():
            raise LedgerTampered(f"{self.path} is gone, though {self.mark.name} beside it tells of trials in it")

    def _refuse_emptied(self) -> None:
        # A process that died while it made the ledger leaves an empty file, and no mark or that of no row.
        anchor = read_head(self.mark)
        if anchor is not None and anchor != _START:
            raise LedgerTampered(f"{self.path} is empty, though {self.mark.name} beside it tells of trials in it")

    def _make_folder(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unusable(self.path, error) from error

    def _make(self, file: sqlite3.Connection) -> None:
        if schema_objects(file):
            return
        self._refuse_emptied()
        write_head(self.mark, _START)
        for statement in SCHEMA.values():
            file.execute(statement)

    def _checked_end(self, file: sqlite3.Connection) -> LedgerHead:
        """Return the end of the chain, checked by the mark alone: replaying all for each row would be quadratic."""
        check_schema(self.path, file, SCHEMA)
        last = _end(file)
        anchor = self._anchor(last.number)
        at = file.execute("SELECT digest FROM trials WHERE number = ?", (anchor.number,)).fetchone()
        check_head(self.path, self.mark, anchor, last.number, at[0] if at else GENESIS)
        check_counter(self.path, highest_number(file), last.number)
        return last

    def _anchor(self, last: int) -> LedgerHead:
        anchor = read_head(self.mark)
        if anchor is None:
            # It is written before the table is made, so that no crash leaves a table without.
            raise LedgerTampered(f"{self.mark} is gone, though {self.path.name} has {last} trials")
        return anchor

    @contextmanager
    def _opened(self, mode: str) -> Iterator[sqlite3.Connection]:
        address = f"{self.path.absolute().as_uri()}?mode={mode}"
        try:
            with closing(sqlite3.connect(address, timeout=_PATIENCE_S, isolation_level=None, uri=True)) as file:
                file.execute("PRAGMA synchronous = FULL")
                yield file
        except (OSError, sqlite3.OperationalError) as error:
            raise _unusable(self.path, error) from error
        except UnicodeEncodeError as error:
            raise BadInput(f"the trial was not recorded, a text of it is not Unicode: {error}") from error
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise LedgerTampered(f"{self.path} is not the trial ledger that was written: {error}") from error


def distinct(rows: Iterable[Row]) -> list[Row]:
    """Return the first row of each thing that was run: equal configuration, code and data are one trial."""
    found: dict[tuple[str, str, str], Row] = {}
    for row in rows:
        found.setdefault(row.trial.identity, row)
    return list(found.values())


def _unusable(path: Path, error: Exception) -> RunFailed:
    return RunFailed(f"the trial ledger {path} could not be used: {error}")


def _end(file: sqlite3.Connection) -> LedgerHead:
    row = file.execute("SELECT number, digest FROM trials ORDER BY number DESC LIMIT 1").fetchone()
    return LedgerHead(*row) if row else _START
