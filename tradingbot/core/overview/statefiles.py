# file: core/overview/statefiles.py
"""Find the state files of a home's nodes among the other databases that lie there."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tradingbot.core.errors import RunFailed
from tradingbot.core.runtime.statefile import reading

__all__ = ["node_files"]

_TABLES = {"node", "heartbeat", "bars"}
_known: dict[tuple[str, int], bool] = {}
"""Whether a file, by path and inode, was a node's; one that was none yet is looked at again."""


def node_files(home: Path) -> list[Path]:
    """Return the state files of nodes below `home`, in the order of their names."""
    return [path for path in sorted((home / "state").glob("*.db")) if _is_node(path)]


def _is_node(path: Path) -> bool:
    try:
        key = str(path), path.stat().st_ino
    except OSError:
        return False
    if not _known.get(key):
        _known[key] = _looks_like_one(path)
    return _known[key]


def _looks_like_one(path: Path) -> bool:
    """A file that cannot be read is shown with the reason if it has the lock of a node beside it."""
    try:
        with reading(path) as database:
            made = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return {name for (name,) in made} >= _TABLES
    except (sqlite3.Error, RunFailed):
        return path.with_suffix(".lock").is_file() and path.stem != "supervisor"
