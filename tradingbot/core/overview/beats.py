# file: core/overview/beats.py
"""Say whether a node lives, from what it wrote last and whether its process is there."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tradingbot.core.messages.nodeview import Beat
from tradingbot.core.portfolio.isotime import SECOND
from tradingbot.core.runtime.nodelock import lives
from tradingbot.core.switches.holder import holder

__all__ = ["NO_BEAT", "Beats"]

_AT_WORK = frozenset({"starting", "catching_up", "running", "stalled"})
_SILENT_S = 10

NO_BEAT = Beat("unknown", "", 0, 0, 0)
"""Of a node whose state cannot be read."""


class Beats:
    """Understand heartbeats, each beside the lock that a node holds while it runs.

    A run that was found dead stays so until another begins: its lock is not looked at again, so that no look stands in
    the way of the process that goes on with it.
    """

    def __init__(self) -> None:
        self._gone: dict[Path, tuple[int, int]] = {}

    def of(self, path: Path, database: sqlite3.Connection, now: int) -> Beat:
        """Return the heartbeat in the state file at `path` as it is to be understood at `now`, UTC ns of the wall."""
        row = database.execute("SELECT state, sentence, wall, market, bars FROM heartbeat").fetchone()
        if row is None:
            return Beat("starting", "it has not said anything yet", 0, 0, 0)
        beat = Beat(*row)
        if beat.state not in _AT_WORK:
            return beat
        pid, began = database.execute("SELECT pid, began FROM node").fetchone()
        silent = (now - beat.wall) // SECOND
        if self._dead(path, (pid, began), silent > _SILENT_S):
            sentence = f"its process {pid} is gone without a word; `tradingbot paper` or `up` lets it go on"
            return Beat("dead", sentence, beat.wall, beat.market, beat.bars)
        if silent > _SILENT_S:
            return Beat("stalled", f"no sign of life for {silent} s", beat.wall, beat.market, beat.bars)
        return beat

    def _dead(self, path: Path, run: tuple[int, int], silent: bool) -> bool:
        """A number of a process may be another's by now, or not be seen from here: the lock decides in doubt."""
        if self._gone.get(path) == run:
            return True
        lock, there = path.with_suffix(".lock"), lives(run[0])
        if there and not silent:
            return False
        dead = holder(lock) is None if lock.is_file() else not there
        if dead:
            self._gone[path] = run
        return dead
