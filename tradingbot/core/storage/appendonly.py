# file: core/storage/appendonly.py
"""Append-only SQLite tables: those of the trial ledger, the registry and the audit log."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tradingbot.core.errors import LedgerTampered


def append_only_schema(table: str, create: str, row: str) -> dict[str, str]:
    """Return the statements that make the file, by object: the table, and triggers that let rows be added at the end.

    `create` makes the table, whose key `number` is AUTOINCREMENT, so that rows cut off the end leave a trace; `row` is
    what a row is called.
    """
    return {
        table: create,
        "noupdate": f"""CREATE TRIGGER noupdate BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '{row} cannot be changed'); END""",
        "nodelete": f"""CREATE TRIGGER nodelete BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, '{row} cannot be deleted'); END""",
        # INSERT OR REPLACE deletes without asking the trigger above.
        "noreplace": f"""CREATE TRIGGER noreplace BEFORE INSERT ON {table}
WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM {table})
BEGIN SELECT RAISE(ABORT, '{row} can only be added at the end'); END""",  # noqa: S608 - names of our own
    }


def schema_objects(file: sqlite3.Connection) -> dict[str, str]:
    """Return the statement of each object in the file, by its name."""
    return {str(name): str(sql) for name, sql in file.execute("SELECT name, sql FROM sqlite_master")}


def check_schema(path: Path, file: sqlite3.Connection, schema: Mapping[str, str], version: int = 0) -> None:
    """Raise LedgerTampered, naming them, when tables or triggers of the file at `path` are not those of `schema`.

    `version` is the file's `user_version`: one more with each change of a schema.
    """
    expected = {**schema, "sqlite_sequence": "CREATE TABLE sqlite_sequence(name,seq)"}
    found = schema_objects(file)
    wrong = sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))
    if wrong:
        raise LedgerTampered(f"{path}: {', '.join(wrong)} was changed, added or removed")
    (was,) = file.execute("PRAGMA user_version").fetchone()
    if was != version:
        raise LedgerTampered(f"{path}: its user_version was {was}, allowed is {version}")


def highest_number(file: sqlite3.Connection) -> int:
    """Return the highest number SQLite ever gave a row; 0 without one."""
    (highest,) = file.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence").fetchone()
    return int(highest)


@contextmanager
def transaction(file: sqlite3.Connection, begin: str) -> Iterator[None]:
    """Do the block in one transaction, opened by the statement `begin`: all of it or nothing."""
    file.execute(begin)
    try:
        yield
    except BaseException:
        # SQLite has rolled back by itself when the disk is full.
        if file.in_transaction:
            file.execute("ROLLBACK")
        raise
    file.execute("COMMIT")


def replace_text(path: Path, text: str) -> None:
    """Replace what is at `path`, such as the mark of a file's last row; it is on the disk when this returns."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Bring the names in `folder` to the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_stamp(path: Path) -> tuple[int, int, int, int]:
    """Return what changes when a file does: its time of change (ns), inode, size and mode; zeros without a file."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0, 0
    return found.st_mtime_ns, found.st_ino, found.st_size, found.st_mode
