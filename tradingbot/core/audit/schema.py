# file: core/audit/schema.py
"""The audit log's table and the triggers that let rows be added and never changed, deleted or replaced."""

from __future__ import annotations

from tradingbot.core.appendonly import guarded

__all__ = ["COLUMNS", "SCHEMA"]

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
