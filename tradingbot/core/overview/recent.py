# file: core/overview/recent.py
"""The last rows of a node's state, as the faces show them."""

from __future__ import annotations

import sqlite3
from decimal import Decimal

from tradingbot.core.messages.nodeview import Held, Said, Traded

__all__ = ["last_drift", "last_happenings", "last_refusals", "last_trades", "positions"]


def positions(database: sqlite3.Connection) -> tuple[Held, ...]:
    """Return what is held now."""
    query = (
        "SELECT strategy, instrument, quantity, entry_price, entry_time, price, stop, pnl FROM positions"
        " ORDER BY strategy, instrument"
    )
    return tuple(
        Held(
            row[0], row[1], Decimal(row[2]), Decimal(row[3]), row[4], Decimal(row[5]),
            None if row[6] is None else Decimal(row[6]), Decimal(row[7]),
        )
        for row in database.execute(query)
    )  # fmt: skip


def last_trades(database: sqlite3.Connection, last: int = 20) -> tuple[Traded, ...]:
    """Return the last closed trades, newest first."""
    query = (
        "SELECT number, strategy, instrument, side, quantity, entry_time, entry_price, exit_time, exit_price, pnl,"
        " exit_reason FROM trades ORDER BY number DESC LIMIT ?"
    )
    return tuple(
        Traded(
            row[0], row[1], row[2], row[3], Decimal(row[4]), row[5], Decimal(row[6]), row[7], Decimal(row[8] or 0),
            Decimal(row[9]), row[10],
        )
        for row in database.execute(query, (last,))
    )  # fmt: skip


def last_refusals(database: sqlite3.Connection, last: int = 5) -> tuple[Said, ...]:
    """Return the last refusals, newest first."""
    query = "SELECT ts, rule, strategy, sentence FROM refusals ORDER BY number DESC LIMIT ?"
    return tuple(Said(*row) for row in database.execute(query, (last,)))


def last_happenings(database: sqlite3.Connection, last: int = 10) -> tuple[Said, ...]:
    """Return what happened last, newest first; alarms of drift have a list of their own."""
    query = "SELECT ts, kind, sentence FROM happenings WHERE kind <> 'drift' ORDER BY number DESC LIMIT ?"
    return tuple(Said(ts, kind, "", sentence) for ts, kind, sentence in database.execute(query, (last,)))


def last_drift(database: sqlite3.Connection, last: int = 10) -> tuple[Said, ...]:
    """Return the last alarms of drift, newest first."""
    query = "SELECT ts, kind, sentence FROM happenings WHERE kind = 'drift' ORDER BY number DESC LIMIT ?"
    return tuple(Said(ts, kind, "", sentence) for ts, kind, sentence in database.execute(query, (last,)))
