# file: core/storage/sqlite.py
"""SQLite: one way to open a file and one to change it, all or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def connect(path: Path, how: str = "mode=rw", patience_s: float = 5.0) -> sqlite3.Connection:
    """Open the file at `path`: `mode=ro`, `mode=rw`, or `mode=rwc`, which makes it. Transactions are begun by hand.

    A file that another process has locked is waited for `patience_s` seconds. Raises sqlite3.Error.
    """
    address = f"{path.absolute().as_uri()}?{how}"
    return sqlite3.connect(address, timeout=patience_s, isolation_level=None, uri=True)


@contextmanager
def transaction(file: sqlite3.Connection, begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
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
