# file: core/runtime/supervisor/reader.py
"""Supervisor state reader: processes, events and disarmed lanes of a home, from any process, while it runs or after."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from tradingbot.core.errors import RunFailed
from tradingbot.core.lane import Lane
from tradingbot.core.messages.processview import Disarmed, Process, ProcessEvent, Supervision
from tradingbot.core.runtime.processlock import process_alive
from tradingbot.core.storage.filelock import held
from tradingbot.core.storage.sqlite import connect

DATABASE = Path("state", "supervisor.db")
LOCK = Path("state", "supervisor.lock")

_PATIENCE_S = 1.0
_ALIVE = frozenset({"running", "waiting"})


def processes(home: Path) -> tuple[Process, ...]:
    """Return what is or was last watched, in the order of the names; nothing where nothing ever was.

    Raises RunFailed when the state cannot be read.
    """
    rows = tuple(map(_process, _rows(home, "SELECT * FROM processes ORDER BY name")))
    return rows if _holder(home) else tuple(map(_unwatched, rows))


def events(home: Path, last: int = 50) -> tuple[ProcessEvent, ...]:
    """Return the last events, newest first; RunFailed when they cannot be read."""
    rows = _rows(home, "SELECT * FROM events ORDER BY number DESC LIMIT ?", last)
    return tuple(ProcessEvent(row["wall"], row["process"], row["kind"], row["sentence"], row["number"]) for row in rows)


def disarmed(home: Path) -> tuple[Disarmed, ...]:
    """Return the lanes that were disarmed for live, in the lanes' order; RunFailed when that cannot be read."""
    lanes = _rows(home, "SELECT * FROM disarmed")
    rows = [Disarmed(Lane(row["lane"]), row["wall"], row["process"], row["reason"]) for row in lanes]
    return tuple(sorted(rows, key=lambda row: list(Lane).index(row.lane)))


def supervision(home: Path) -> Supervision:
    """Return all of it in one piece; it never raises, and tells in `unread` what could not be read."""
    pid = _holder(home)
    try:
        return Supervision(pid > 0, pid, processes(home), disarmed(home), "")
    except RunFailed as error:
        return Supervision(pid > 0, pid, (), (), str(error))


def _rows(home: Path, query: str, *values: object) -> list[sqlite3.Row]:
    path = home / DATABASE
    if not path.is_file():
        return []
    try:
        with closing(connect(path, "mode=ro", _PATIENCE_S)) as file:
            file.row_factory = sqlite3.Row
            return file.execute(query, values).fetchall()
    except sqlite3.Error as error:
        raise RunFailed(f"{path} could not be read: {error}") from error


def _holder(home: Path) -> int:
    try:
        with (home / LOCK).open("r", encoding="utf-8") as file:
            pid = int(file.read().strip() or 0)
            # The lock is asked for only where the process lives: no look at an old file stands in a new one's way.
            return pid if pid and process_alive(pid) and held(file.fileno()) else 0
    except (OSError, ValueError):
        return 0


def _process(row: sqlite3.Row) -> Process:
    return Process(
        row["name"], row["kind"], row["pid"], row["state"], row["since"], row["restarts"], row["sentence"],
        Lane(row["lane"]) if row["lane"] else None, tuple(filter(None, row["lines"].split("\n"))),
    )  # fmt: skip


def _unwatched(process: Process) -> Process:
    if process.state not in _ALIVE:
        return process
    return replace(process, state="unwatched", pid=0, sentence="the supervisor that watched it is gone, and it with it")
