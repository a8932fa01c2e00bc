# file: core/registry/store.py
"""The registry on the disk: one row per change of a candidate's state, added and never changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple
from pathlib import Path

from tradingbot.core.appendonly import check_objects, counter, objects, transaction
from tradingbot.core.errors import LedgerTampered, RunFailed
from tradingbot.core.registry.chain import GENESIS, digest_of, replay
from tradingbot.core.registry.change import Change, check_follows
from tradingbot.core.registry.schema import COLUMNS, SCHEMA

__all__ = ["Change", "Registry"]

_PATIENCE_S = 10.0
_INSERT = f"INSERT INTO changes ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - our own
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM changes ORDER BY number"  # noqa: S608 - names of our own


class Registry:
    """The SQLite file at `path`, made with its first row; every look at it checks the whole chain.

    Raises, from every method
    -------------------------
    LedgerTampered
        When a row, the order of rows, the table or a trigger is not what was written.
    RunFailed
        When the file cannot be opened or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def record(self, change: Change) -> str:
        """Add the change and return its digest; it is on the disk when this returns.

        Raises
        ------
        PolicyRefused
            When the candidate's state does not allow it, saying what is allowed; nothing was written.
        """
        with self._opened(make=True) as file, transaction(file, "BEGIN IMMEDIATE"):
            if not objects(file):
                for statement in SCHEMA.values():
                    file.execute(statement)
            changes, head = self._checked(file)
            check_follows(next((old for old in reversed(changes) if old.candidate == change.candidate), None), change)
            number = len(changes) + 1
            digest = digest_of(head, number, change)
            file.execute(_INSERT, (number, *map(_plain, astuple(change)), digest))
        return digest

    def current(self) -> list[Change]:
        """Return the last change of each candidate, in the order the candidates were first recorded."""
        return list({change.candidate: change for change in self._read()[0]}.values())

    def history(self, candidate: str) -> list[Change]:
        """Return every change of a candidate, oldest first; nothing when it is unknown."""
        return [change for change in self._read()[0] if change.candidate == candidate]

    def verify(self) -> str:
        """Return the digest of the last row, 64 zeros without one."""
        return self._read()[1]

    def _read(self) -> tuple[list[Change], str]:
        if not self.path.exists():
            return [], GENESIS
        # One transaction, so that a row added meanwhile cannot come between the looks.
        with self._opened(make=False) as file, transaction(file, "BEGIN"):
            return self._checked(file) if objects(file) else ([], GENESIS)

    def _checked(self, file: sqlite3.Connection) -> tuple[list[Change], str]:
        check_objects(self.path, file, SCHEMA)
        changes, head = replay(file.execute(_SELECT), self.path)
        if (highest := counter(file)) != len(changes):
            raise LedgerTampered(f"{self.path}: {highest} rows were written and {len(changes)} are there")
        return changes, head

    @contextmanager
    def _opened(self, make: bool) -> Iterator[sqlite3.Connection]:
        try:
            if make:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=_PATIENCE_S, isolation_level=None)) as file:
                file.execute("PRAGMA synchronous = EXTRA")
                yield file
        except (OSError, sqlite3.OperationalError) as error:
            raise RunFailed(f"the registry {self.path} could not be used: {error}") from error
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise LedgerTampered(f"{self.path} is not the registry that was written: {error}") from error


def _plain(value: object) -> object:
    return str(value) if isinstance(value, str) else value
