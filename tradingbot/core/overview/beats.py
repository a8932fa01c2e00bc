# file: core/overview/beats.py
"""Say whether a node lives, from what it wrote last and whether its process is there."""

from __future__ import annotations

import os
import sqlite3

from tradingbot.core.messages.nodeview import Beat
from tradingbot.core.portfolio.isotime import SECOND

__all__ = ["NO_BEAT", "beat_of"]

_AT_WORK = frozenset({"starting", "catching_up", "running", "stalled"})
_SILENT_S = 10

NO_BEAT = Beat("unknown", "", 0, 0, 0)
"""Of a node whose state cannot be read."""


def beat_of(database: sqlite3.Connection, now: int) -> Beat:
    """Return the heartbeat in a state file as it is to be understood at `now`, UTC ns of the wall."""
    row = database.execute("SELECT state, sentence, wall, market, bars FROM heartbeat").fetchone()
    pid = database.execute("SELECT pid FROM node").fetchone()
    if row is None:
        return Beat("starting", "it has not said anything yet", 0, 0, 0)
    beat = Beat(*row)
    if beat.state not in _AT_WORK:
        return beat
    if pid is not None and not _lives(pid[0]):
        sentence = f"its process {pid[0]} is gone without a word; `tradingbot paper` or `up` lets it go on"
        return Beat("dead", sentence, beat.wall, beat.market, beat.bars)
    silent = (now - beat.wall) // SECOND
    if silent > _SILENT_S:
        return Beat("stalled", f"no sign of life for {silent} s", beat.wall, beat.market, beat.bars)
    return beat


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
