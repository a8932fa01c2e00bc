# file: operations/status/nodesummary.py
"""Node summary in one line, read without anything heavy: for a command line that must answer at once."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from tradingbot.core.config.home import home
from tradingbot.core.errors import RunFailed
from tradingbot.core.messages.laneview import HeartbeatView, warms_up
from tradingbot.operations.status.nodefiles import NO_HEARTBEAT, UNREADABLE, HeartbeatReader, node_files, peek


@dataclass(frozen=True, slots=True)
class Profit:
    """What a node made, account currency: its last `equity` less start equity and net deposits is the `net`.

    That is `realised`, of closed trades, and `unrealised`, of what is open. Before its first bar there is no equity.
    """

    equity: Decimal | None
    net: Decimal
    realised: Decimal
    trades: int

    @property
    def unrealised(self) -> Decimal:
        """What open positions have made so far."""
        return self.net - self.realised


@dataclass(frozen=True, slots=True)
class NodeSummary:
    """A node: its lane, its heartbeat, its profit in `currency`, how many positions are open.

    It follows `feed` (replay, or a live feed), warms up until the market's time `since`, and wrote its last checkpoint
    at the market's time `checkpoint` (UTC ns, 0 without). `unread` says why the state could not be read, and is
    empty when it could.
    """

    name: str
    lane: str
    beat: HeartbeatView
    profit: Profit
    positions: int
    currency: str
    unread: str
    feed: str = ""
    since: int = 0
    checkpoint: int = 0

    @property
    def warming_up(self) -> bool:
        """Whether it only warms up so far."""
        return warms_up(self.beat, self.since)


_NOTHING = Profit(None, Decimal(0), Decimal(0), 0)


def node_summaries(home: Path, now: int) -> list[NodeSummary]:
    """Return every node below `home` as it stands at `now`, UTC ns."""
    return [_glance(path, now) for path in node_files(home)]


def _glance(path: Path, now: int) -> NodeSummary:
    name, lane = path.stem, ""
    try:
        with peek(path) as database:
            node = database.execute("SELECT * FROM node").fetchone()
            if node is None:
                raise RunFailed("it holds no run yet")
            name, lane = node["name"], node["lane"]
            return _read(path, node, database, now)
    except UNREADABLE as error:
        return NodeSummary(name, lane, NO_HEARTBEAT, _NOTHING, 0, "", f"its state cannot be read: {error}")


def profit_of(database: sqlite3.Connection) -> Profit:
    """Return what the node of a state file has made."""
    pnls = [Decimal(pnl) for (pnl,) in database.execute("SELECT pnl FROM trades")]
    realised = sum(pnls, Decimal())
    last = database.execute("SELECT ts, equity FROM equity ORDER BY ts DESC LIMIT 1").fetchone()
    if last is None:
        return Profit(None, realised, realised, len(pnls))
    (start,) = database.execute("SELECT start_equity FROM node").fetchone()
    moved = database.execute("SELECT amount FROM transfers WHERE ts <= ?", (last[0],))
    equity = Decimal(last[1])
    return Profit(equity, equity - Decimal(start) - sum((Decimal(amount) for (amount,) in moved), Decimal()), realised,
                  len(pnls))  # fmt: skip


def last_checkpoint(database: sqlite3.Connection) -> int:
    """Return the market's time of a node's last checkpoint, UTC ns; 0 without one."""
    row = database.execute("SELECT close FROM checkpoints ORDER BY ts DESC LIMIT 1").fetchone()
    return 0 if row is None else int(row[0])


def _read(path: Path, node: sqlite3.Row, database: sqlite3.Connection, now: int) -> NodeSummary:
    (held,) = database.execute("SELECT count(*) FROM positions").fetchone()
    return NodeSummary(
        name=node["name"],
        lane=node["lane"],
        beat=HeartbeatReader().of(path, database, now),
        profit=profit_of(database),
        positions=held,
        currency=node["currency"],
        unread="",
        feed=node["feed"],
        since=node["since"],
        checkpoint=last_checkpoint(database),
    )


def nodes() -> list[NodeSummary]:
    """Return every node of the home, by name."""
    return node_summaries(home(), time.time_ns())
