# file: core/trials/schema.py
"""The ledger's table and the triggers that let rows be added and never changed, deleted or replaced."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tradingbot.core.errors import LedgerTampered

__all__ = ["COLUMNS", "SCHEMA", "check_schema", "objects"]

COLUMNS = (
    "number", "recorded_ns", "who", "purpose", "label", "lane", "strategy", "instruments", "assets", "bar", "start_ns",
    "end_ns", "config_sha256", "code_sha256", "data_sha256", "trades", "days", "returns", "parent", "digest",
)  # fmt: skip

# AUTOINCREMENT keeps the highest number ever given, so that rows cut off the end leave a trace.
SCHEMA = {
    "trials": """CREATE TABLE trials (
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
) STRICT""",
    "noupdate": """CREATE TRIGGER noupdate BEFORE UPDATE ON trials
BEGIN SELECT RAISE(ABORT, 'a trial cannot be changed'); END""",
    "nodelete": """CREATE TRIGGER nodelete BEFORE DELETE ON trials
BEGIN SELECT RAISE(ABORT, 'a trial cannot be deleted'); END""",
    # INSERT OR REPLACE deletes without asking the trigger above.
    "noreplace": """CREATE TRIGGER noreplace BEFORE INSERT ON trials
WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM trials)
BEGIN SELECT RAISE(ABORT, 'a trial can only be added at the end'); END""",
}
"""What makes the file: a statement for each object, by its name."""

_EXPECTED = SCHEMA | {"sqlite_sequence": "CREATE TABLE sqlite_sequence(name,seq)"}
_VERSION = 0  # The file's `user_version`: one more with each change of the schema.


def objects(file: sqlite3.Connection) -> dict[str, str]:
    """Return the statement of each object in the file, by its name."""
    return {str(name): str(sql) for name, sql in file.execute("SELECT name, sql FROM sqlite_master")}


def check_schema(path: Path, file: sqlite3.Connection) -> None:
    """Raise LedgerTampered, naming them, when tables or triggers of the file at `path` are not ours, or its version."""
    found = objects(file)
    wrong = sorted(name for name in found.keys() | _EXPECTED.keys() if found.get(name) != _EXPECTED.get(name))
    if wrong:
        raise LedgerTampered(f"{path}: {', '.join(wrong)} was changed, added or removed")
    (version,) = file.execute("PRAGMA user_version").fetchone()
    if version != _VERSION:
        raise LedgerTampered(f"{path}: its user_version was {version}, allowed is {_VERSION}")
