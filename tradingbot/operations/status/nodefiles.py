# file: operations/status/nodefiles.py
"""State files of a home's nodes, and whether the node of one is alive."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tradingbot.core.errors import TradingbotError
from tradingbot.core.messages.laneview import HeartbeatView
from tradingbot.core.runtime.processlock import process_alive
from tradingbot.core.runtime.statefile import open_state_file
from tradingbot.core.storage.filelock import lock_holder
from tradingbot.core.time import SECOND

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

    Raises RunFailed when there is none.
    """
    with open_state_file(path) as database:
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


_AT_WORK = frozenset({"starting", "catching_up", "running", "stalled"})
_SILENT_S = 10

NO_HEARTBEAT = HeartbeatView("unknown", "", 0, 0, 0)
"""Of a node whose state cannot be read."""


class HeartbeatReader:
    """Understand heartbeats, each beside the lock that a node holds while it runs.

    A run that was found dead stays so until another begins: its lock is not looked at again, so that no look stands in
    the way of the process that goes on with it.
    """

    def __init__(self) -> None:
        self._gone: dict[Path, tuple[int, int]] = {}

    def of(self, path: Path, database: sqlite3.Connection, now: int) -> HeartbeatView:
        """Return the heartbeat in the state file at `path` as it is to be understood at `now`, UTC ns of the wall."""
        row = database.execute("SELECT state, sentence, wall, market, bars FROM heartbeat").fetchone()
        if row is None:
            return HeartbeatView("starting", "it has not said anything yet", 0, 0, 0)
        beat = HeartbeatView(*row)
        if beat.state not in _AT_WORK:
            return beat
        pid, began = database.execute("SELECT pid, began FROM node").fetchone()
        silent = (now - beat.wall) // SECOND
        if self._dead(path, (pid, began), silent > _SILENT_S):
            sentence = f"its process {pid} is gone without a word; `tradingbot paper` or `up` lets it go on"
            return HeartbeatView("dead", sentence, beat.wall, beat.market, beat.bars)
        if silent > _SILENT_S:
            return HeartbeatView("stalled", f"no sign of life for {silent} s", beat.wall, beat.market, beat.bars)
        return beat

    def _dead(self, path: Path, run: tuple[int, int], silent: bool) -> bool:
        """A number of a process may be another's by now, or not be seen from here: the lock decides in doubt."""
        if self._gone.get(path) == run:
            return True
        lock, there = path.with_suffix(".lock"), process_alive(run[0])
        if there and not silent:
            return False
        dead = lock_holder(lock) is None if lock.is_file() else not there
        if dead:
            self._gone[path] = run
        return dead
