# file: core/market/journal/schema.py
"""Feed journal schema: the tables of the SQLite file that a feed process writes, and which rows each kind has."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, fields
from pathlib import Path

from tradingbot.core.errors import RunFailed
from tradingbot.core.market.catalog.arrow import empty_columns
from tradingbot.core.market.columns import Kind, PriceSide
from tradingbot.core.market.series import Series, Step
from tradingbot.core.storage.sqlite import connect, transaction

VERSION = 1

ROWS: dict[Kind, str] = {
    Kind.BARS: "open REAL, high REAL, low REAL, close REAL, volume REAL",
    Kind.FUNDING: "rate REAL, interval INTEGER",
    Kind.MARKS: "price REAL",
}
"""Columns of the tables of rows, by kind, behind `series INTEGER, ts INTEGER`. Numbers are the floats nearest to the
venue's decimals: what a reader of the catalog gets for the same row."""

TABLES: dict[str, str] = {
    "series": "number INTEGER PRIMARY KEY, kind TEXT, instrument TEXT, step TEXT, side TEXT, venue TEXT, since INTEGER,"
    " until INTEGER, sealed INTEGER, kept INTEGER, UNIQUE (kind, instrument, step, side)",
    "gaps": "number INTEGER PRIMARY KEY, series INTEGER, first INTEGER, last INTEGER, cause TEXT, wall INTEGER,"
    " asks INTEGER, filled INTEGER, missing INTEGER, ended INTEGER",
    "strays": "number INTEGER PRIMARY KEY, series INTEGER, ts INTEGER, what TEXT, wall INTEGER, heard TEXT",
    "seals": "series INTEGER, until INTEGER, wall INTEGER, state TEXT, rows INTEGER, missing INTEGER, findings TEXT,"
    " compared INTEGER, PRIMARY KEY (series, until)",
    "differences": "number INTEGER PRIMARY KEY, series INTEGER, ts INTEGER, wall INTEGER, kept TEXT, venue TEXT",
    "heartbeat": "one INTEGER PRIMARY KEY CHECK (one = 1), pid INTEGER, began INTEGER, wall INTEGER, connected INTEGER,"
    " venue INTEGER, skew INTEGER, speed REAL, lag INTEGER, state TEXT, sentence TEXT",
}
"""Columns by table; times are UTC nanoseconds, `wall` by this machine's clock, all others by the venue's.

`series`: of which venue and environment it is; rows with `since` < ts <= `until` were handed on, or are known to be
missing; those up to `sealed` are in the catalog too, those up to `kept` in the catalog alone. `gaps`: what did not
come by itself, from its `first` to its `last` stamp, how often it was asked for, how many rows that brought and how
many are missing for good; `ended` is 0 while it is open. `strays`: rows that came again, late, changed or off the
step, which no one was handed, and rows out of order, which were handed on in their place. `seals`: days (UTC, by the
midnight that ends them) that were written to the catalog or refused, what the checks found, and when the day was
compared with the venue's history, 0 while it was not. `differences`: rows that the history has otherwise.
`heartbeat`: the feed's process, whether its sockets are connected, the venue's time, that less this machine's (skew),
the seconds of the venue per second here, and how far the last whole row lies behind the venue's time (lag).
"""

FOREVER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a journal has of a series, UTC ns: rows with `since` < ts <= `until`; see `TABLES` for the other two."""

    number: int
    since: int
    until: int
    sealed: int
    kept: int


def open_journal(path: Path, how: str) -> sqlite3.Connection:
    """Open a journal: `mode=ro`, or `mode=rwc` for the one process that writes it.

    Raises RunFailed when the file is of another version of this program.
    """
    database = connect(path, how)
    try:
        if how == "mode=rwc":
            _prepare(database)
        if (version := database.execute("PRAGMA user_version").fetchone()[0]) != VERSION:
            raise RunFailed(f"the feed journal {path} was of version {version}, allowed is {VERSION}; set it aside")
    except BaseException:
        database.close()
        raise
    return database


def coverages(database: sqlite3.Connection) -> dict[Series, Coverage]:
    """Return what there is of each series."""
    query = "SELECT kind, instrument, step, side, number, since, until, sealed, kept FROM series"
    with closing(database.execute(query)) as found:
        return {_series(*row[:4]): Coverage(*row[4:]) for row in found}


def key(series: Series) -> tuple[str, str, str, str]:
    """Return a series as the table `series` names it."""
    return str(series.kind), series.instrument, str(series.step or ""), str(series.side or "")


def row_columns(kind: Kind) -> list[str]:
    """Return the names of a kind's columns, the time stamp first."""
    return [field.name for field in fields(empty_columns(kind))]


def _series(kind: str, name: str, step: str, side: str) -> Series:
    return Series(Kind(kind), name, Step.parse(step) if step else None, PriceSide(side) if side else None)


def _prepare(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA journal_mode = WAL")
    # What was handed on must not be unheard after a power cut: a node has acted on it.
    database.execute("PRAGMA synchronous = FULL")
    with transaction(database):
        if database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            return
        for name, columns in TABLES.items():
            database.execute(f"CREATE TABLE {name} ({columns}) STRICT")
        for kind, columns in ROWS.items():
            table = f"series INTEGER, ts INTEGER, {columns}, PRIMARY KEY (series, ts)"
            database.execute(f"CREATE TABLE {kind} ({table}) STRICT, WITHOUT ROWID")
        database.execute(f"PRAGMA user_version = {VERSION}")
