# file: operations/accounts/database.py
"""SQLite file of accounts, sessions and tokens: made whole or not at all, open to its owner alone."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tradingbot.core.errors import RunFailed
from tradingbot.core.storage.atomicfile import sync_folder
from tradingbot.core.storage.sqlite import connect, transaction

APPLICATION = 0x74624163
"""What marks the file as ours: its `application_id`."""

VERSION = 1
"""The file's `user_version`: one more with each change of the tables."""

_ROLE = "role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin'))"

SCHEMA = (
    f"""CREATE TABLE accounts (
    name TEXT COLLATE NOCASE PRIMARY KEY NOT NULL, {_ROLE}, password TEXT NOT NULL, created INTEGER NOT NULL
) STRICT""",
    """CREATE TABLE sessions (
    id TEXT PRIMARY KEY NOT NULL, digest BLOB NOT NULL UNIQUE, name TEXT COLLATE NOCASE NOT NULL, agent TEXT NOT NULL,
    created INTEGER NOT NULL, seen INTEGER NOT NULL
) STRICT""",
    f"""CREATE TABLE tokens (
    id TEXT PRIMARY KEY NOT NULL, digest BLOB NOT NULL, name TEXT NOT NULL, {_ROLE}, maker TEXT NOT NULL,
    created INTEGER NOT NULL, used INTEGER NOT NULL, lasts INTEGER NOT NULL
) STRICT""",
    """CREATE TABLE setup (
    one INTEGER PRIMARY KEY CHECK (one = 1), digest BLOB NOT NULL, created INTEGER NOT NULL
) STRICT""",
)
"""The statements that make the tables. Times are UTC nanoseconds, `lasts` nanoseconds."""


_PATIENCE_S = 5.0
_OTHERS = 0o077
_MODE = 0o600
_NO_SPACE = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL)


class AccessDatabase:
    """The file at `path`, which many threads and processes may use at once; each use has a connection of its own.

    Until something is changed there need be no file: nobody then has an account. One that was locked is waited for
    `patience` seconds by what changes it; readers wait for nobody.

    Every method raises RunFailed when it cannot be opened, read or written, is damaged, is no access file, or is open
    to others.
    """

    def __init__(self, path: Path, patience: float = _PATIENCE_S) -> None:
        self.path = path
        self._patience = patience

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Let the block read, also when the disk is full; what it asks `touch` for is all that it may change."""
        with self._told(), closing(self._open_to_read() if self._there() else _empty()) as file:
            yield file

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """Let the block read and change, all of it or nothing; the change is on the disk when it ends."""
        with self._told():
            if not self._there():
                self._make()
            with closing(self._open()) as file, transaction(file, "BEGIN IMMEDIATE"):
                yield file

    @staticmethod
    def touch(file: sqlite3.Connection, statement: str, cells: tuple[int | str, ...]) -> None:
        """Note a last use; not when the file is locked or the disk full, as an older time lengthens no life."""
        file.execute("PRAGMA busy_timeout = 0")
        with contextlib.suppress(sqlite3.OperationalError):
            file.execute(statement, cells)

    def _there(self) -> bool:
        try:
            mode = self.path.stat().st_mode
        except FileNotFoundError:
            return False
        if mode & _OTHERS:
            was = stat.S_IMODE(mode)
            raise RunFailed(f"the access file {self.path} was open to others (mode {was:04o}), allowed is {_MODE:04o}")
        return True

    def _open(self) -> sqlite3.Connection:
        return self._opened("mode=rw")

    def _open_to_read(self) -> sqlite3.Connection:
        try:
            return self._open()
        except sqlite3.OperationalError as error:
            if not self._full(error):
                raise
            return self._opened("mode=ro&immutable=1")

    def _full(self, error: sqlite3.OperationalError) -> bool:
        """Tell whether only SQLite's side files do not fit on the disk, and the file alone holds every change."""
        log = self.path.with_name(f"{self.path.name}-wal")
        return error.sqlite_errorcode & 0xFF in _NO_SPACE and not (log.exists() and log.stat().st_size)

    def _opened(self, how: str) -> sqlite3.Connection:
        file = connect(self.path, how, self._patience)
        try:
            file.execute("PRAGMA synchronous = FULL")
            marks = tuple(file.execute(f"PRAGMA {mark}").fetchone()[0] for mark in ("application_id", "user_version"))
            if marks != (APPLICATION, VERSION):
                raise RunFailed(
                    f"{self.path} is no access file: application_id and user_version were {marks[0]} and {marks[1]}, "
                    f"allowed are {APPLICATION} and {VERSION}"
                )
        except BaseException:
            file.close()
            raise
        return file

    def _make(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_name(f".{self.path.name}.{os.getpid()}.{os.urandom(4).hex()}.part")
        os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _MODE))
        try:
            with closing(sqlite3.connect(part, isolation_level=None)) as file:
                _fill(file)
            # A link appears whole and never takes the place of a file that another process made meanwhile.
            with contextlib.suppress(FileExistsError):
                os.link(part, self.path)
        finally:
            part.unlink()
        sync_folder(self.path.parent)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.OperationalError) as error:
            raise RunFailed(f"the access file {self.path} could not be used: {error}") from error
        except (sqlite3.DatabaseError, ValueError) as error:
            raise RunFailed(f"the access file {self.path} is damaged: {error}") from error


def _empty() -> sqlite3.Connection:
    file = sqlite3.connect(":memory:", isolation_level=None)
    _fill(file)
    return file


def _fill(file: sqlite3.Connection) -> None:
    file.execute("PRAGMA journal_mode = WAL")
    file.execute("PRAGMA synchronous = FULL")
    with transaction(file, "BEGIN"):
        for statement in SCHEMA:
            file.execute(statement)
        file.execute(f"PRAGMA application_id = {APPLICATION}")
        file.execute(f"PRAGMA user_version = {VERSION}")
