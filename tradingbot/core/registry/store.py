# file: core/registry/store.py
"""Registry on disk: hash-chained rows that are added and never changed, and the entry of a validation outcome."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

from tradingbot.core.errors import BadInput, LedgerTampered, PolicyRefused, RunFailed
from tradingbot.core.registry.states import Change, State, check_follows
from tradingbot.core.storage.appendonly import (
    append_only_schema,
    check_schema,
    highest_number,
    schema_objects,
    transaction,
)

COLUMNS = ("number", "candidate", "state", "who", "why", "when_ns", "certificate", "strategy", "lane", "digest")

_TABLE = """CREATE TABLE changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    candidate TEXT NOT NULL,
    state TEXT NOT NULL,
    who TEXT NOT NULL,
    why TEXT NOT NULL,
    when_ns INTEGER NOT NULL,
    certificate TEXT NOT NULL,
    strategy TEXT NOT NULL,
    lane TEXT NOT NULL,
    digest TEXT NOT NULL
) STRICT"""

SCHEMA = append_only_schema("changes", _TABLE, "a row of the registry")
"""What makes the file: a statement for each object, by its name."""


GENESIS = "0" * 64
"""The digest before the first row."""

type Cells = Sequence[Any]
"""A row as it lies in the file: number, the fields of the change, digest."""


def digest_of(before: str, number: int, change: Change) -> str:
    """Return the sha256 of the digest before and of the row, hex."""
    return _digest(before, [number, *astuple(change)])


def replay(rows: Iterable[Cells], where: object) -> tuple[list[Change], str]:
    """Return the changes in their order and the last digest.

    Raises LedgerTampered naming the first row whose number or digest is not what was written, or that no rule could
    have let in.
    """
    changes: list[Change] = []
    head, last = GENESIS, dict[str, Change]()
    for expected, cells in enumerate(rows, 1):
        number, *values, digest = cells
        if number != expected:
            raise LedgerTampered(f"{where}: row {expected} is missing, the next one was {number}")
        head = _digest(head, [number, *values])
        if digest != head:
            raise LedgerTampered(f"{where}: row {number} was changed, its digest was {digest!s:.16}, not {head:.16}")
        change = _change(values, last, f"{where}: row {number}")
        last[change.candidate] = change
        changes.append(change)
    return changes, head


def _digest(before: str, cells: Cells) -> str:
    text = json.dumps([before, *cells], separators=(",", ":"), default=repr)
    return hashlib.sha256(text.encode()).hexdigest()


def _change(values: list[Any], last: dict[str, Change], where: str) -> Change:
    try:
        change = Change(*values)
        check_follows(last.get(change.candidate), change)
    except (BadInput, PolicyRefused) as error:
        raise LedgerTampered(f"{where} could not have been written: {error}") from None
    return change


_PATIENCE_S = 10.0
_INSERT = f"INSERT INTO changes ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - our own
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM changes ORDER BY number"  # noqa: S608 - names of our own


class Registry:
    """The SQLite file at `path`, made with its first row; every look at it checks the whole chain.

    Every method raises LedgerTampered when a row, the order of rows, the table or a trigger is not what was written;
    RunFailed when the file cannot be opened or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def record(self, change: Change) -> str:
        """Add the change and return its digest; it is on the disk when this returns.

        Raises PolicyRefused when the candidate's state does not allow it, saying what is allowed; nothing was written.
        """
        with self._opened(make=True) as file, transaction(file, "BEGIN IMMEDIATE"):
            if not schema_objects(file):
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
            return self._checked(file) if schema_objects(file) else ([], GENESIS)

    def _checked(self, file: sqlite3.Connection) -> tuple[list[Change], str]:
        check_schema(self.path, file, SCHEMA)
        changes, head = replay(file.execute(_SELECT), self.path)
        if (highest := highest_number(file)) != len(changes):
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


_WITHOUT_PASS = {None: State.CANDIDATE, State.VALIDATED: State.CANDIDATE, State.PROMOTED: State.DEMOTED}


def refuse_retired(registry: Registry, candidate: str) -> State | None:
    """Return the state of a candidate that may still be worked on, None when the registry does not know it.

    Raises PolicyRefused when it is retired.
    """
    history = registry.history(candidate)
    state = history[-1].state if history else None
    if state is State.RETIRED:
        raise PolicyRefused(f"{candidate} is retired, which is final; give the candidate another name")
    return state


def record_outcome(registry: Registry, change: Change) -> State:
    """Record a validation and return the state it leaves: validated when `change` has a certificate.

    Without one an unknown or validated candidate becomes a candidate and a promoted one is demoted; the others stay as
    they are, without a row. The state of `change` is not looked at.

    Raises PolicyRefused when a retired candidate passes.
    """
    history = registry.history(change.candidate)
    was = history[-1].state if history else None
    if not change.certificate:
        to = _WITHOUT_PASS.get(was)
        if to is not None:
            registry.record(replace(change, state=to))
        return to or was or State.CANDIDATE
    if was is None:
        registry.record(replace(change, state=State.CANDIDATE, certificate=""))
    registry.record(replace(change, state=State.VALIDATED))
    return State.VALIDATED
