# file: core/trials/ledger.py
"""The trial ledger on the disk: one row per run, added and never changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tradingbot.core.errors import BadInput, LedgerTampered, RunFailed
from tradingbot.core.trials.anchor import Anchor, read_anchor, write_anchor
from tradingbot.core.trials.rows import GENESIS, Row, cells_of, digest_of, row_of
from tradingbot.core.trials.schema import COLUMNS, EXPECTED, SCHEMA
from tradingbot.core.trials.trial import Trial

__all__ = ["Row", "TrialLedger", "distinct"]

_PATIENCE_S = 30.0
_INSERT = f"INSERT INTO trials ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - our own
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM trials ORDER BY number"  # noqa: S608 - names of our own


class TrialLedger:
    """The SQLite file at `path`, made with its first row, and beside it the mark of its last row (`.head`).

    Every look at it checks the whole chain; adding a row checks the end.

    Raises, from every method
    -------------------------
    LedgerTampered
        When a row, the order of rows, the table, a trigger or the mark is not what was written.
    RunFailed
        When the file cannot be opened or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.mark = path.with_suffix(".head")

    def record(self, trial: Trial, now: int) -> Row:
        """Add the trial, recorded at `now` (UTC ns), and return its row; it is on the disk when this returns."""
        self._refuse_missing()
        with self._opened(make=True) as file, _transaction(file, "BEGIN IMMEDIATE"):
            if not _objects(file):
                for statement in SCHEMA.values():
                    file.execute(statement)
            self._check_objects(file)
            before = self._last(file)
            number = before.number + 1
            cells = cells_of(number, now, trial, before.digest)
            file.execute(_INSERT, cells)
        write_anchor(self.mark, Anchor(number, cells[-1]))
        return Row(number, now, trial, cells[-1])

    def rows(self) -> list[Row]:
        """Return every row, oldest first."""
        self._refuse_missing()
        if not self.path.exists():
            return []
        # The mark is read first: rows may be added meanwhile, and it must not lie beyond the end.
        anchor = read_anchor(self.mark)
        with self._opened(make=False) as file, _transaction(file, "BEGIN"):
            self._check_objects(file)
            found = self._replayed(file.execute(_SELECT))
            (highest,) = file.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence").fetchone()
        if highest != len(found):
            raise LedgerTampered(f"{self.path}: {highest} trials were written and {len(found)} are there")
        self._check_anchor(anchor, found)
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
        if not self.path.exists() and self.mark.exists():
            raise LedgerTampered(f"{self.path} is gone, though {self.mark.name} beside it tells of trials in it")

    def _check_objects(self, file: sqlite3.Connection) -> None:
        objects = _objects(file)
        wrong = sorted(name for name in objects.keys() | EXPECTED.keys() if objects.get(name) != EXPECTED.get(name))
        if wrong:
            raise LedgerTampered(f"{self.path}: {', '.join(wrong)} was changed, added or removed")

    def _last(self, file: sqlite3.Connection) -> Anchor:
        """Return the end of the chain, checked by the mark alone: replaying all for each row would be quadratic."""
        row = file.execute("SELECT number, digest FROM trials ORDER BY number DESC LIMIT 1").fetchone()
        last = Anchor(*row) if row else Anchor(0, GENESIS)
        anchor = read_anchor(self.mark)
        if anchor is None:
            if last.number > 1:
                raise LedgerTampered(f"{self.mark} is gone, though {self.path.name} has {last.number} trials")
            return last
        at = file.execute("SELECT digest FROM trials WHERE number = ?", (anchor.number,)).fetchone()
        if at is None or at[0] != anchor.digest:
            raise LedgerTampered(f"{self.path}: trial {anchor.number} is not the one that {self.mark.name} tells of")
        return last

    def _replayed(self, rows: Iterable[Sequence[Any]]) -> list[Row]:
        found: list[Row] = []
        head = GENESIS
        for expected, cells in enumerate(rows, start=1):
            if cells[0] != expected:
                raise LedgerTampered(f"{self.path}: trial {expected} is missing, the next one was {cells[0]}")
            head = digest_of(head, cells[:-1])
            if cells[-1] != head:
                raise LedgerTampered(f"{self.path}: trial {expected} is not what was written")
            try:
                found.append(row_of(cells))
            except (BadInput, ValueError, TypeError, KeyError) as error:
                raise LedgerTampered(f"{self.path}: trial {expected} could not have been written: {error}") from None
        return found

    def _check_anchor(self, anchor: Anchor | None, found: Sequence[Row]) -> None:
        if anchor is None:
            # A crash between the first row and its mark leaves one row without.
            if len(found) > 1:
                raise LedgerTampered(f"{self.mark} is gone, though {self.path.name} has {len(found)} trials")
            return
        if anchor.number > len(found):
            raise LedgerTampered(
                f"{self.path}: it ends with trial {len(found)}, though {self.mark.name} tells of {anchor.number}"
            )
        if anchor.number < 1 or found[anchor.number - 1].digest != anchor.digest:
            raise LedgerTampered(f"{self.path}: trial {anchor.number} is not the one that {self.mark.name} tells of")

    @contextmanager
    def _opened(self, make: bool) -> Iterator[sqlite3.Connection]:
        try:
            if make:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=_PATIENCE_S, isolation_level=None)) as file:
                file.execute("PRAGMA synchronous = FULL")
                yield file
        except (OSError, sqlite3.OperationalError) as error:
            raise RunFailed(f"the trial ledger {self.path} could not be used: {error}") from error
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise LedgerTampered(f"{self.path} is not the trial ledger that was written: {error}") from error


def distinct(rows: Iterable[Row]) -> list[Row]:
    """Return the first row of each thing that was run: equal configuration, code and data are one trial."""
    found: dict[tuple[str, str, str], Row] = {}
    for row in rows:
        found.setdefault(row.trial.identity, row)
    return list(found.values())


@contextmanager
def _transaction(file: sqlite3.Connection, begin: str) -> Iterator[None]:
    file.execute(begin)
    try:
        yield
    except BaseException:
        file.execute("ROLLBACK")
        raise
    file.execute("COMMIT")


def _objects(file: sqlite3.Connection) -> dict[str, str]:
    return {str(name): str(sql) for name, sql in file.execute("SELECT name, sql FROM sqlite_master")}
