# file: operations/audit/log.py
"""The audit log on disk: append-only SQLite, each command and its outcome."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tradingbot.core.config.home import existing_home
from tradingbot.core.errors import LedgerTampered, RunFailed
from tradingbot.core.storage.appendonly import (
    append_only_schema,
    check_schema,
    highest_number,
    schema_objects,
    transaction,
)
from tradingbot.operations.audit.chain import (
    EMPTY_HEAD,
    ChainHead,
    check_head,
    new_key,
    read_head,
    read_key,
    store_key,
    verified_entries,
    write_head,
)
from tradingbot.operations.audit.entry import GENESIS, Command, Entry, Outcome, cells_of, entry_of, hmac_of

COLUMNS = (
    "number", "when_ns", "operator", "verb", "target", "reason", "face", "answers", "outcome", "sentence", "hmac",
)  # fmt: skip

_TABLE = """CREATE TABLE entries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    when_ns INTEGER NOT NULL,
    operator TEXT NOT NULL,
    verb TEXT NOT NULL,
    target TEXT NOT NULL,
    reason TEXT NOT NULL,
    face TEXT NOT NULL,
    answers INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    sentence TEXT NOT NULL,
    hmac TEXT NOT NULL
) STRICT"""

SCHEMA = append_only_schema("entries", _TABLE, "a row of the audit log")
"""What makes the file: a statement for each object, by its name."""


_PATIENCE_S = 5.0
_INSERT = f"INSERT INTO entries ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - our own
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM entries ORDER BY number"  # noqa: S608 - names of our own

type Answer = tuple[int, Outcome, str]
"""The number of the row it answers, what came of the command, and a sentence that says so."""


class AuditLog:
    """The SQLite file at `path`, made with its first row; beside it the mark of its last row (`.head`), and `key`.

    A command is a row before it is acted on (`begin`); what came of it is a row that names the first (`answered`). One
    without an answer is a command that a crash cut off, or one under way. Every look checks the whole chain; adding a
    row checks the end. The journal is SQLite's own (DELETE), so that the file alone holds every row.

    What nobody can find is a file, a mark and a key that are all replaced by older ones of the same time: keep the last
    digest elsewhere to rule that out.

    Every method raises LedgerTampered when a row, the order of rows, the table, a trigger, the mark or the key is not
    what was written; PolicyRefused when others may read or write the key; RunFailed when a file cannot be opened or
    written.
    """

    def __init__(self, path: Path, key: Path, now: Callable[[], int], patience: float = _PATIENCE_S) -> None:
        self.path = path
        self.mark = path.with_suffix(".head")
        self.key = key
        self._now = now
        self._patience = patience

    def begin(self, command: Command) -> Entry:
        """Write the command down and return its row, which is on the disk; only then may it be acted on."""
        with self._adding() as (file, secret):
            return _add(file, secret, self._now(), command, None)

    def answered(self, entry: Entry, outcome: Outcome, sentence: str) -> Entry:
        """Write down what came of the command that `begin` returned, and return that row; it is on the disk.

        Raises LedgerTampered when the log has no such command without an answer.
        """
        with self._adding() as (file, secret):
            there = "SELECT hmac FROM entries WHERE number = ? OR (number > ? AND answers = ?)"
            found = file.execute(there, (entry.number, entry.number, entry.number)).fetchall()
            if found != [(entry.hmac,)]:
                raise LedgerTampered(
                    f"{self.path}: row {entry.number} is not the command that was written, or answered"
                )
            return _add(file, secret, self._now(), entry.command, (entry.number, outcome, sentence))

    def told(self, command: Command, began: int, outcome: Outcome, sentence: str) -> Entry:
        """Write down in one go a command that was acted on first, at `began` (UTC ns), and what came of it."""
        with self._adding() as (file, secret):
            entry = _add(file, secret, began, command, None)
            return _add(file, secret, self._now(), command, (entry.number, outcome, sentence))

    def rows(self) -> list[Entry]:
        """Return every row, oldest first."""
        self._refuse_lost("is gone", self.path.exists)
        if not self.path.exists():
            return []
        with self._opened("rw") as file, transaction(file, "BEGIN"):
            if not schema_objects(file):
                self._refuse_lost("is empty")
                return []
            check_schema(self.path, file, SCHEMA)
            secret = self._secret()
            found = verified_entries(self.path, secret, file.execute(_SELECT))
            self._check_end(file, secret, len(found))
        return found

    @contextmanager
    def _adding(self) -> Iterator[tuple[sqlite3.Connection, bytes]]:
        """Open the log with its end checked, let rows be added, and bring them and the mark to the disk."""
        self._refuse_lost("is gone", self.path.exists)
        self._make_folder()
        with self._opened("rwc") as file:
            with transaction(file, "BEGIN IMMEDIATE"):
                secret = self._ready(file)
                yield file, secret
            # The mark is written with the file locked, so that it never goes back behind another process's.
            with transaction(file, "BEGIN IMMEDIATE"):
                write_head(self.mark, _end(file), secret)

    def _ready(self, file: sqlite3.Connection) -> bytes:
        if not schema_objects(file):
            return self._make(file)
        check_schema(self.path, file, SCHEMA)
        secret, last = self._secret(), _end(file)
        if self._check_end(file, secret, last.number) < last.number:
            # A process died before it wrote the mark. Unless it catches up now, it could fall behind without limit.
            write_head(self.mark, last, secret)
        return secret

    def _make(self, file: sqlite3.Connection) -> bytes:
        """Make mark, key and table in this order: a key without its mark then tells that the mark was taken away."""
        self._refuse_lost("is empty")
        kept = read_key(self.key)
        secret = kept or new_key()
        write_head(self.mark, EMPTY_HEAD, secret)
        if kept is None:
            store_key(self.key, secret)
        for statement in SCHEMA.values():
            file.execute(statement)
        return secret

    def _refuse_lost(self, what: str, there: Callable[[], bool] = lambda: False) -> None:
        """Refuse a log without rows, unless a process that died while it made the log can have left it like this."""
        # Key, mark, file: what is looked at later was made earlier, so that a log being made now is not taken for lost.
        secret, mark = read_key(self.key), read_head(self.mark)
        if there():
            return
        if mark is None and secret is not None:
            raise LedgerTampered(f"{self.path} {what} and {self.mark.name} is gone, though {self.key} is there")
        if mark is not None and mark != EMPTY_HEAD:
            raise LedgerTampered(f"{self.path} {what}, though {self.mark.name} beside it tells of {mark.number} rows")
        read_head(self.mark, secret)

    def _secret(self) -> bytes:
        secret = read_key(self.key)
        if secret is None:
            raise LedgerTampered(f"the audit key {self.key} is gone, though {self.path.name} has rows")
        return secret

    def _check_end(self, file: sqlite3.Connection, secret: bytes, last: int) -> int:
        """Check the log's end by counter and mark; return which row the mark tells of."""
        if (written := highest_number(file)) != last:
            first = f"row {last + 1} is missing" if written > last else f"row {written + 1} was put in"
            raise LedgerTampered(f"{self.path}: {first}, {written} rows were written and {last} are there")
        mark = read_head(self.mark, secret)
        if mark is None:
            # It is written before the table is made, so that no crash leaves a table without.
            raise LedgerTampered(f"{self.mark} is gone, though {self.path.name} has {last} rows")
        at = file.execute("SELECT hmac FROM entries WHERE number = ?", (mark.number,)).fetchone()
        check_head(self.path, self.mark, mark, last, at[0] if at else GENESIS)
        return mark.number

    def _make_folder(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from error

    @contextmanager
    def _opened(self, mode: str) -> Iterator[sqlite3.Connection]:
        address = f"{self.path.absolute().as_uri()}?mode={mode}"
        try:
            with closing(sqlite3.connect(address, timeout=self._patience, isolation_level=None, uri=True)) as file:
                file.execute("PRAGMA synchronous = FULL")
                # Bytes that are no text can then be told as the row they are in.
                file.text_factory = lambda found: found.decode("utf-8", "surrogateescape")
                yield file
        except (OSError, sqlite3.OperationalError) as error:
            raise self._unusable(error) from error
        except sqlite3.DatabaseError as error:
            raise LedgerTampered(f"{self.path} is not the audit log that was written: {error}") from error

    def _unusable(self, error: Exception) -> RunFailed:
        return RunFailed(f"the audit log {self.path} could not be used: {error}")


def audit_log(patience: float = _PATIENCE_S) -> AuditLog:
    """Return the audit log of the home; a log that another process has locked is waited for `patience` seconds.

    Raises RunFailed when there is no such installation.
    """
    state = existing_home() / "state"
    return AuditLog(state / "audit.db", state / "keys" / "audit.key", time.time_ns, patience)


def _add(file: sqlite3.Connection, secret: bytes, when: int, command: Command, answer: Answer | None) -> Entry:
    last = _end(file)
    cells = cells_of(last.number + 1, when, command, answer)
    cells.append(hmac_of(secret, last.digest, cells))
    file.execute(_INSERT, cells)
    return entry_of(cells)


def _end(file: sqlite3.Connection) -> ChainHead:
    row = file.execute("SELECT number, hmac FROM entries ORDER BY number DESC LIMIT 1").fetchone()
    return ChainHead(*row) if row else EMPTY_HEAD
