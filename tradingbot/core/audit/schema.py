# file: core/audit/schema.py
"""The audit log's table and the triggers that let rows be added and never changed, deleted or replaced."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tradingbot.core.appendonly import check_objects, guarded
from tradingbot.core.errors import LedgerTampered

__all__ = ["COLUMNS", "SCHEMA", "check_schema"]

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

SCHEMA = guarded("entries", _TABLE, "a row of the audit log")
"""What makes the file: a statement for each object, by its name."""

_VERSION = 0  # The file's `user_version`: one more with each change of the schema.


def check_schema(path: Path, file: sqlite3.Connection) -> None:
    """Raise LedgerTampered, naming them, when tables or triggers of the file at `path` are not ours, or its version."""
    check_objects(path, file, SCHEMA)
    (version,) = file.execute("PRAGMA user_version").fetchone()
    if version != _VERSION:
        raise LedgerTampered(f"{path}: its user_version was {version}, allowed is {_VERSION}")
