# file: core/registry/schema.py
"""The registry's table and the triggers that let rows be added and never changed, cut or replaced."""

from __future__ import annotations

__all__ = ["COLUMNS", "EXPECTED", "SCHEMA"]

COLUMNS = ("number", "candidate", "state", "who", "why", "when_ns", "certificate", "strategy", "lane", "digest")

# AUTOINCREMENT keeps the highest number ever given, so that rows cut off the end leave a trace.
SCHEMA = {
    "changes": """CREATE TABLE changes (
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
) STRICT""",
    "noupdate": """CREATE TRIGGER noupdate BEFORE UPDATE ON changes
BEGIN SELECT RAISE(ABORT, 'a row of the registry cannot be changed'); END""",
    "nodelete": """CREATE TRIGGER nodelete BEFORE DELETE ON changes
BEGIN SELECT RAISE(ABORT, 'a row of the registry cannot be deleted'); END""",
    # INSERT OR REPLACE deletes without asking the trigger above.
    "noreplace": """CREATE TRIGGER noreplace BEFORE INSERT ON changes
WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM changes)
BEGIN SELECT RAISE(ABORT, 'a row of the registry can only be added at the end'); END""",
}
"""What makes the file: a statement for each object, by its name."""

EXPECTED = SCHEMA | {"sqlite_sequence": "CREATE TABLE sqlite_sequence(name,seq)"}
"""Every object of the file as SQLite keeps it."""
