# file: core/trials/schema.py
"""The ledger's table and the triggers that let rows be added and never changed, deleted or replaced."""

from __future__ import annotations

from tradingbot.core.appendonly import guarded

__all__ = ["COLUMNS", "SCHEMA"]

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
