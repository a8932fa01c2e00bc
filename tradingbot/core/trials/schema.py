# file: core/trials/schema.py
"""The ledger's table and the triggers that let rows be added and never changed, deleted or replaced."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tradingbot.core.appendonly import check_objects, guarded
from tradingbot.core.errors import LedgerTampered

__all__ = ["COLUMNS", "SCHEMA", "check_schema"]

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

SCHEMA = guarded("trials", _TABLE, "a trial")
"""What makes the file: a statement for each object, by its name."""

_VERSION = 0  # The file's `user_version`: one more with each change of the schema.


def check_schema(path: Path, file: sqlite3.Connection) -> None:
    """Raise LedgerTampered, naming them, when tables or triggers of the file at `path` are not ours, or its version."""
    check_objects(path, file, SCHEMA)
    (version,) = file.execute("PRAGMA user_version").fetchone()
    if version != _VERSION:
        raise LedgerTampered(f"{path}: its user_version was {version}, allowed is {_VERSION}")
