# file: operations/status/recent.py
"""Recent rows of nodes: positions, trades, refusals, events, drift, and the feed of all nodes."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from pathlib import Path

from tradingbot.core.messages.laneview import ClosedTrade, FeedItem, NodeEvent, OpenPosition
from tradingbot.operations.status.nodefiles import UNREADABLE, node_files, peek


def positions(database: sqlite3.Connection) -> tuple[OpenPosition, ...]:
    """Return what is held now."""
    query = (
        "SELECT strategy, instrument, quantity, entry_price, entry_time, price, stop, pnl FROM positions"
        " ORDER BY strategy, instrument"
    )
    return tuple(
        OpenPosition(
            row[0], row[1], Decimal(row[2]), Decimal(row[3]), row[4], Decimal(row[5]),
            None if row[6] is None else Decimal(row[6]), Decimal(row[7]),
        )
        for row in database.execute(query)
    )  # fmt: skip


def last_trades(database: sqlite3.Connection, last: int = 20) -> tuple[ClosedTrade, ...]:
    """Return the last closed trades, newest first."""
    query = (
        "SELECT number, strategy, instrument, side, quantity, entry_time, entry_price, exit_time, exit_price, pnl,"
        " exit_reason FROM trades ORDER BY number DESC LIMIT ?"
    )
    return tuple(
        ClosedTrade(
            row[0], row[1], row[2], row[3], Decimal(row[4]), row[5], Decimal(row[6]), row[7], Decimal(row[8] or 0),
            Decimal(row[9]), row[10],
        )
        for row in database.execute(query, (last,))
    )  # fmt: skip


def last_refusals(database: sqlite3.Connection, last: int = 5) -> tuple[NodeEvent, ...]:
    """Return the last refusals, newest first."""
    query = "SELECT ts, rule, strategy, sentence FROM refusals ORDER BY number DESC LIMIT ?"
    return tuple(NodeEvent(*row) for row in database.execute(query, (last,)))


def last_happenings(database: sqlite3.Connection, last: int = 10) -> tuple[NodeEvent, ...]:
    """Return what happened last, newest first; alarms of drift have a list of their own."""
    query = "SELECT ts, kind, sentence FROM happenings WHERE kind <> 'drift' ORDER BY number DESC LIMIT ?"
    return tuple(NodeEvent(ts, kind, "", sentence) for ts, kind, sentence in database.execute(query, (last,)))


def last_drift(database: sqlite3.Connection, last: int = 10) -> tuple[NodeEvent, ...]:
    """Return the last alarms of drift, newest first."""
    query = "SELECT ts, kind, sentence FROM happenings WHERE kind = 'drift' ORDER BY number DESC LIMIT ?"
    return tuple(NodeEvent(ts, kind, "", sentence) for ts, kind, sentence in database.execute(query, (last,)))


_NEWS = """
SELECT wall, ts, kind, number, sentence FROM outbox WHERE kind NOT IN ('lane killed', 'lane resumed')
ORDER BY number DESC LIMIT ?
"""
"""That a lane was killed every node of it says; the lane's own history is told once."""


def node_feed(home: Path, last: int) -> list[FeedItem]:
    """Return the last lines of each node's outbox, newest first; nodes that cannot be read are left out."""
    found = []
    for path in node_files(home):
        try:
            with peek(path) as database:
                node = database.execute("SELECT name, lane FROM node").fetchone()
                for row in database.execute(_NEWS, (last,)) if node is not None else ():
                    wall, ts, kind, number, sentence = row
                    found.append(FeedItem(wall, ts, node["name"], node["lane"], number, kind, sentence))
        except UNREADABLE:
            continue
    return sorted(found, key=lambda item: (item.wall, item.number), reverse=True)[:last]
