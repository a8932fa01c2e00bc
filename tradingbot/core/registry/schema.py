# file: core/registry/schema.py
"""The registry's table and the triggers that let rows be added and never changed, cut or replaced."""

from __future__ import annotations

from tradingbot.core.appendonly import guarded

__all__ = ["COLUMNS", "SCHEMA"]

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

SCHEMA = guarded("changes", _TABLE, "a row of the registry")
"""What makes the file: a statement for each object, by its name."""
