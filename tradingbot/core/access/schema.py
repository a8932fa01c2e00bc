# file: core/access/schema.py
"""The tables of the access file; secrets are in it as digests, passwords as argon2 hashes."""

from __future__ import annotations

__all__ = ["APPLICATION", "SCHEMA", "VERSION"]

APPLICATION = 0x74624163
"""What marks the file as ours: its `application_id`."""

VERSION = 1
"""The file's `user_version`: one more with each change of the tables."""

_ROLE = "role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin'))"

SCHEMA = (
    f"""CREATE TABLE accounts (
    name TEXT COLLATE NOCASE PRIMARY KEY NOT NULL, {_ROLE}, password TEXT NOT NULL, created INTEGER NOT NULL
) STRICT""",
    """CREATE TABLE sessions (
    id TEXT PRIMARY KEY NOT NULL, digest BLOB NOT NULL UNIQUE, name TEXT COLLATE NOCASE NOT NULL, agent TEXT NOT NULL,
    created INTEGER NOT NULL, seen INTEGER NOT NULL
) STRICT""",
    f"""CREATE TABLE tokens (
    id TEXT PRIMARY KEY NOT NULL, digest BLOB NOT NULL, name TEXT NOT NULL, {_ROLE}, maker TEXT NOT NULL,
    created INTEGER NOT NULL, used INTEGER NOT NULL, lasts INTEGER NOT NULL
) STRICT""",
    """CREATE TABLE setup (
    one INTEGER PRIMARY KEY CHECK (one = 1), digest BLOB NOT NULL, created INTEGER NOT NULL
) STRICT""",
)
"""The statements that make the tables. Times are UTC nanoseconds, `lasts` nanoseconds."""
