# file: core/overview/glance.py
"""A node in one line, read without anything heavy: for a command line that must answer at once."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from tradingbot.core.errors import RunFailed
from tradingbot.core.messages.nodeview import Beat
from tradingbot.core.overview.beats import NO_BEAT, Beats
from tradingbot.core.overview.statefiles import UNREADABLE, node_files, peek

__all__ = ["Glance", "glances"]


@dataclass(frozen=True, slots=True)
class Glance:
    """A node: its lane, its heartbeat, equity and result of closed trades in `currency`, what is open.

    `unread` says why the state could not be read, and is empty when it could.
    """

    name: str
    lane: str
    beat: Beat
    equity: Decimal | None
    pnl: Decimal
    trades: int
    positions: int
    currency: str
    unread: str


def glances(home: Path, now: int) -> list[Glance]:
    """Return every node below `home` as it stands at `now`, UTC ns."""
    return [_glance(path, now) for path in node_files(home)]


def _glance(path: Path, now: int) -> Glance:
    name, lane = path.stem, ""
    try:
        with peek(path) as database:
            node = database.execute("SELECT * FROM node").fetchone()
            if node is None:
                raise RunFailed("it holds no run yet")
            name, lane = node["name"], node["lane"]
            return _read(path, node, database, now)
    except UNREADABLE as error:
        return Glance(name, lane, NO_BEAT, None, Decimal(0), 0, 0, "", f"its state cannot be read: {error}")


def _read(path: Path, node: sqlite3.Row, database: sqlite3.Connection, now: int) -> Glance:
    last = database.execute("SELECT equity FROM equity ORDER BY ts DESC LIMIT 1").fetchone()
    pnls = [Decimal(pnl) for (pnl,) in database.execute("SELECT pnl FROM trades")]
    (held,) = database.execute("SELECT count(*) FROM positions").fetchone()
    return Glance(
        name=node["name"],
        lane=node["lane"],
        beat=Beats().of(path, database, now),
        equity=None if last is None else Decimal(last[0]),
        pnl=sum(pnls, Decimal()),
        trades=len(pnls),
        positions=held,
        currency=node["currency"],
        unread="",
    )
