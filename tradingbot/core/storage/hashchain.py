# file: core/storage/hashchain.py
"""Hash-chained table: SQLite rows that are added and never changed, each digest covering all rows before it.

A digest is the SHA-256 of the digest before and the row as JSON; with a key file it is the HMAC-SHA256, which nobody
without the key can compute anew. Beside the file lies its head, the number and digest of the last row, sealed with the
key where there is one: it finds rows that were cut off the end. Triggers refuse changes by plain SQL, and AUTOINCREMENT
counts what was ever added. A crash leaves the head at most one append behind, never ahead.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tradingbot.core.errors import BadInput, LedgerTampered, PolicyRefused, RunFailed
from tradingbot.core.storage.atomicfile import replace
from tradingbot.core.storage.privatefile import new_hmac_key, read_hmac_key, store_hmac_key
from tradingbot.core.storage.sqlite import connect, transaction

GENESIS = "0" * 64
"""The digest before the first row."""

MAX_LAG = 2
"""Rows that are added at once at most, and so rows by which a crash leaves a sealed head behind the end."""

type Cells = Sequence[Any]
"""A row as it lies in the file: its number first, its digest last."""


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The number of a table's last row, 0 before the first, and its digest."""

    number: int = 0
    digest: str = GENESIS

    def text(self, key: bytes | None) -> str:
        """Return what stands in the file: without the key nobody can make an earlier row the last one."""
        values = {"number": self.number, "digest": self.digest}
        if key is None:
            return json.dumps(values)
        seal = hmac.new(key, json.dumps(["mark", values]).encode(), hashlib.sha256).hexdigest()
        return json.dumps(values | {"seal": seal}) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainLayout:
    """What a table is made of and called.

    `columns` are name and SQL type of what stands between `number` and the digest. `title` is what errors call the file
    ("the trial ledger"), `row` what they call a row ("trial"), `entry` what the triggers do ("a trial").
    """

    table: str
    columns: tuple[tuple[str, str], ...]
    digest: str
    title: str
    row: str
    entry: str

    @property
    def names(self) -> tuple[str, ...]:
        """The columns in their order."""
        return ("number", *(name for name, _ in self.columns), self.digest)

    @property
    def schema(self) -> dict[str, str]:
        """The statements that make the file, by the name of the object: the table and its triggers."""
        columns = ["number INTEGER PRIMARY KEY AUTOINCREMENT"]
        columns += [f"{name} {kind} NOT NULL" for name, kind in (*self.columns, (self.digest, "TEXT"))]
        return {
            self.table: f"CREATE TABLE {self.table} (\n    " + ",\n    ".join(columns) + "\n) STRICT",
            "noupdate": f"""CREATE TRIGGER noupdate BEFORE UPDATE ON {self.table}
BEGIN SELECT RAISE(ABORT, '{self.entry} cannot be changed'); END""",
            "nodelete": f"""CREATE TRIGGER nodelete BEFORE DELETE ON {self.table}
BEGIN SELECT RAISE(ABORT, '{self.entry} cannot be deleted'); END""",
            # INSERT OR REPLACE deletes without asking the trigger above.
            "noreplace": f"""CREATE TRIGGER noreplace BEFORE INSERT ON {self.table}
WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM {self.table})
BEGIN SELECT RAISE(ABORT, '{self.entry} can only be added at the end'); END""",  # noqa: S608 - names of our own
        }


def digest_of(key: bytes | None, before: str, cells: Cells) -> str:
    """Return the digest (hex) of a row without its own; of bytes their SHA-256 stands in the JSON."""
    plain = [hashlib.sha256(cell).hexdigest() if isinstance(cell, bytes) else cell for cell in cells]
    text = json.dumps([before, *plain], separators=(",", ":"), default=repr).encode()
    return hashlib.sha256(text).hexdigest() if key is None else hmac.new(key, text, hashlib.sha256).hexdigest()


class HashChain:
    """The table of `layout` in the SQLite file at `path`, made with its first row; `key` and `head` as wanted.

    Reading checks the whole chain, adding a row its end, since replaying all for each row would be quadratic. The
    journal is SQLite's own (DELETE), so that the file alone holds every row.

    Every method raises LedgerTampered when a row, the order of rows, the table, a trigger, the head or the key is not
    what was written; PolicyRefused when others may read or write the key; RunFailed when a file cannot be used.
    """

    def __init__(
        self, path: Path, layout: ChainLayout, *, key: Path | None = None, head: bool = True, patience_s: float = 5.0
    ) -> None:
        self.path = path
        self.key = key
        self.head = path.with_suffix(".head") if head else None
        self._layout = layout
        self._patience_s = patience_s
        names = ", ".join(layout.names)
        self._insert = f"INSERT INTO {layout.table} ({names}) VALUES ({', '.join('?' * len(layout.names))})"  # noqa: S608
        self._select = f"SELECT {names} FROM {layout.table} ORDER BY number"  # noqa: S608 - names of our own

    def read[T](self, parse: Callable[[Cells], T]) -> list[T]:
        """Return what `parse` makes of each row, oldest first; what it raises is a row that nobody can have written."""
        self._refuse_lost("is gone", self.path.exists)
        if not self.path.exists():
            return []
        # One transaction, so that a row added meanwhile cannot come between the looks.
        with self._opened("mode=rw") as file, transaction(file, "BEGIN"):
            if not _objects(file):
                self._refuse_lost("is empty")
                return []
            return self._verified(file, parse)

    @contextmanager
    def appending(self) -> Iterator[Appending]:
        """Let the block read and add rows; they and the head are on the disk when it ends, or nothing is."""
        self._refuse_lost("is gone", self.path.exists)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from error
        with self._opened("mode=rwc") as file:
            with transaction(file):
                key = self._ready(file)
                yield Appending(self, file, key)
            # The head is written with the file locked, so that it never goes back behind another process's.
            with transaction(file):
                self._write_head(self._end(file), key)

    def _ready(self, file: sqlite3.Connection) -> bytes | None:
        if not _objects(file):
            return self._make(file)
        self._check_schema(file)
        key, last = self._key(), self._end(file)
        # Without a head nothing but the whole chain tells of its end: who adds has to read it.
        if self.head is not None and self._check_end(file, key, last.number) < last.number:
            # A process died before it wrote the head. Unless it catches up now, it could fall behind without limit.
            self._write_head(last, key)
        return key

    def _make(self, file: sqlite3.Connection) -> bytes | None:
        """Make head, key and table in this order: a key without its head then tells that the head was taken away."""
        self._refuse_lost("is empty")
        stored = self._stored_key()
        key = new_hmac_key() if self.key is not None and stored is None else stored
        self._write_head(ChainHead(), key)
        if self.key is not None and key is not None and stored is None:
            store_hmac_key(self.key, key)
        for statement in self._layout.schema.values():
            file.execute(statement)
        return key

    def _verified[T](self, file: sqlite3.Connection, parse: Callable[[Cells], T]) -> list[T]:
        self._check_schema(file)
        key, row = self._key(), self._layout.row
        found: list[T] = []
        digest = GENESIS
        for expected, cells in enumerate(file.execute(self._select), start=1):
            if cells[0] != expected:
                raise LedgerTampered(f"{self.path}: {row} {expected} is missing, the next one was {cells[0]}")
            digest = digest_of(key, digest, cells[:-1])
            if not hmac.compare_digest(digest.encode(), str(cells[-1]).encode(errors="replace")):
                raise LedgerTampered(f"{self.path}: {self._unfit(expected)}")
            try:
                found.append(parse(cells))
            except (BadInput, PolicyRefused, ValueError, TypeError, KeyError) as error:
                raise LedgerTampered(f"{self.path}: {row} {expected} could not have been written: {error}") from None
        self._check_end(file, key, len(found))
        return found

    def _unfit(self, number: int) -> str:
        sentence = f"{self._layout.row} {number} is not what was written"
        if self.key is None:
            return sentence
        if number > 1:
            return f"{sentence} after {self._layout.row} {number - 1}"
        return f"{sentence}, or {self._key_title} is not the one it was written with"

    def _check_schema(self, file: sqlite3.Connection) -> None:
        expected = {**self._layout.schema, "sqlite_sequence": "CREATE TABLE sqlite_sequence(name,seq)"}
        found = _objects(file)
        wrong = sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))
        if wrong:
            raise LedgerTampered(f"{self.path}: {', '.join(wrong)} was changed, added or removed")
        (version,) = file.execute("PRAGMA user_version").fetchone()
        if version:
            raise LedgerTampered(f"{self.path}: its user_version was {version}, allowed is 0")

    def _check_end(self, file: sqlite3.Connection, key: bytes | None, last: int) -> int:
        """Check the table's end by counter and head; return the row that the head tells of."""
        row = self._layout.row
        (written,) = file.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence").fetchone()
        if written != last:
            first = f"{row} {last + 1} is missing" if written > last else f"{row} {written + 1} was put in"
            raise LedgerTampered(f"{self.path}: {first}, {written} {row}s were written and {last} are there")
        if self.head is None:
            return last
        head = read_head(self.head, key, self._layout.title)
        if head is None:
            # It is written before the table is made, so that no crash leaves a table without.
            raise LedgerTampered(f"{self.head} is gone, though {self.path.name} has {last} {row}s")
        at = file.execute(self._select.replace(" ORDER", " WHERE number = ? ORDER"), (head.number,)).fetchone()
        if head.number > last:
            raise LedgerTampered(
                f"{self.path}: {row} {last + 1} is missing, it ends with {last} and {self.head.name} tells of"
                f" {head.number}"
            )
        if head.digest != (at[-1] if at else GENESIS):
            raise LedgerTampered(f"{self.path}: {row} {head.number} is not the one that {self.head.name} tells of")
        if key is not None and last - head.number > MAX_LAG:
            raise LedgerTampered(
                f"{self.head} is an older one: it tells of {row} {head.number} and {self.path.name} ends with {last}, "
                f"a crash leaves it at most {MAX_LAG} behind"
            )
        return head.number

    def _refuse_lost(self, what: str, there: Callable[[], bool] = lambda: False) -> None:
        """Refuse a file without rows, unless a process that died while it made the file can have left it like this."""
        if self.head is None:
            return
        # Key, head, file: what is looked at later was made earlier, so that none being made now is taken for lost.
        key, head = self._stored_key(), read_head(self.head, None, self._layout.title)
        if there():
            return
        if head is None and key is not None:
            raise LedgerTampered(f"{self.path} {what} and {self.head.name} is gone, though {self.key} is there")
        if head is not None and head != ChainHead():
            rows = f"{head.number} {self._layout.row}s"
            raise LedgerTampered(f"{self.path} {what}, though {self.head.name} beside it tells of {rows}")
        read_head(self.head, key, self._layout.title)

    @property
    def _key_title(self) -> str:
        return f"the {self.key.stem} key" if self.key is not None else ""

    def _stored_key(self) -> bytes | None:
        return None if self.key is None else read_hmac_key(self.key, self._key_title)

    def _key(self) -> bytes | None:
        key = self._stored_key()
        if key is None and self.key is not None:
            raise LedgerTampered(f"{self._key_title} {self.key} is gone, though {self.path.name} has rows")
        return key

    def _write_head(self, head: ChainHead, key: bytes | None) -> None:
        if self.head is not None:
            replace(self.head, head.text(key).encode())

    def _end(self, file: sqlite3.Connection) -> ChainHead:
        cells = file.execute(f"{self._select} DESC LIMIT 1").fetchone()
        return ChainHead(cells[0], cells[-1]) if cells else ChainHead()

    @contextmanager
    def _opened(self, how: str) -> Iterator[sqlite3.Connection]:
        try:
            with closing(connect(self.path, how, self._patience_s)) as file:
                file.execute("PRAGMA synchronous = EXTRA")
                # Bytes that are no text can then be told as the row they are in.
                file.text_factory = lambda cell: cell.decode("utf-8", "surrogateescape")
                yield file
        except (OSError, sqlite3.OperationalError) as error:
            raise self._unusable(error) from error
        except UnicodeEncodeError as error:
            raise BadInput(f"the {self._layout.row} was not recorded, a text of it is not Unicode: {error}") from error
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise LedgerTampered(f"{self.path} is not {self._layout.title} that was written: {error}") from error

    def _unusable(self, error: Exception) -> RunFailed:
        return RunFailed(f"{self._layout.title} {self.path} could not be used: {error}")


class Appending:
    """A table under an exclusive lock, to which rows may be added."""

    def __init__(self, chain: HashChain, file: sqlite3.Connection, key: bytes | None) -> None:
        self._chain = chain
        self._file = file
        self._key = key

    @property
    def head(self) -> ChainHead:
        """The last row's number and digest."""
        return self._chain._end(self._file)

    def read[T](self, parse: Callable[[Cells], T]) -> list[T]:
        """Return every row, checked, as `HashChain.read` does."""
        return self._chain._verified(self._file, parse)

    def find(self, condition: str, values: Sequence[Any]) -> list[Cells]:
        """Return the rows that meet an SQL condition of our own making, unchecked."""
        return self._file.execute(self._chain._select.replace(" ORDER", f" WHERE {condition} ORDER"), values).fetchall()

    def add(self, values: Sequence[Any]) -> list[Any]:
        """Add a row of these values, in the order of the columns, and return its cells."""
        before = self.head
        cells = [before.number + 1, *(str(value) if isinstance(value, str) else value for value in values)]
        cells.append(digest_of(self._key, before.digest, cells))
        self._file.execute(self._chain._insert, cells)
        return cells


def read_head(path: Path, key: bytes | None, title: str) -> ChainHead | None:
    """Return the head at `path`, None without one; its seal is looked at when the key is given.

    Raises LedgerTampered when it is no head, or not to the byte what was written with the key.
    """
    try:
        text = path.read_text(encoding="utf-8")
        values = json.loads(text)
        head = ChainHead(values["number"], values["digest"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        raise LedgerTampered(f"{path} is not the head of {title} any more") from None
    if type(head.number) is not int or type(head.digest) is not str:
        raise LedgerTampered(f"{path} is not the head of {title} any more")
    if key is not None and text != head.text(key):
        raise LedgerTampered(f"{path} was changed: its seal does not fit what it tells, or the key is another")
    return head


def _objects(file: sqlite3.Connection) -> dict[str, str]:
    return {str(name): str(sql) for name, sql in file.execute("SELECT name, sql FROM sqlite_master")}
