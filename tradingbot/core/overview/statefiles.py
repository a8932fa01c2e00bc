# file: core/overview/statefiles.py
"""Find the state files of a home's nodes among the other databases that lie there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tradingbot.core.errors import TradingbotError
from tradingbot.core.runtime.statefile import reading

__all__ = ["UNREADABLE", "node_files", "peek"]

UNREADABLE = (sqlite3.Error, TradingbotError, OSError, ValueError, ArithmeticError, TypeError, LookupError)
"""What reading a state file raises that is damaged, locked, gone meanwhile or of another version of the program."""

_TABLES = {"node", "heartbeat"}
_WAIT_MS = 250
_known: dict[tuple[str, int], bool] = {}
"""Whether a file, by path and inode, is a node's; what cannot be told yet is looked at again."""


def node_files(home: Path) -> list[Path]:
    """Return the state files of nodes below `home`, in the order of their names."""
    return [path for path in sorted((home / "state").glob("*.db")) if _is_node(path)]


@contextmanager
def peek(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a state file for one moment of it, and do not wait long for a lock: whoever looks will look again.

    Raises
    ------
    RunFailed
        When there is none.
    """
    with reading(path) as database:
        database.execute(f"PRAGMA busy_timeout = {_WAIT_MS}")
        database.execute("BEGIN")
        yield database


def _is_node(path: Path) -> bool:
    try:
        key = str(path), path.stat().st_ino
    except OSError:
        return False
    if key in _known:
        return _known[key]
    try:
        with peek(path) as database:
            made = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except UNREADABLE:
        # It is shown with the reason if it has the lock of a node beside it.
        return path.with_suffix(".lock").is_file() and path.stem != "supervisor"
    # A node makes its tables one after another, this one first.
    if made and ("node" not in made or made >= _TABLES):
        _known[key] = "node" in made
    return made >= _TABLES
