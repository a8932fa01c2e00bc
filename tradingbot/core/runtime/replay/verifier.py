# file: core/runtime/replay/verifier.py
"""Replay verifier: a restarted node repeats what is on record, row by row the same, before it goes on."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NoReturn

from tradingbot.core.errors import PolicyRefused, RunFailed
from tradingbot.core.runtime.statefile import TABLES, Rows, create_statement, open_state_file

_REPEATED = ("decisions", "orders", "fills", "trades", "refusals", "signals", "happenings", "transfers")
"""Tables whose rows a repetition must bring again; the rest tells of the wall's time."""

_NUMBERED = (*_REPEATED, "switches", "outbox")

_NAMES = (
    "WITH RECURSIVE named(name) AS (SELECT min(instrument) FROM bars UNION ALL"
    " SELECT (SELECT min(instrument) FROM bars WHERE instrument > name) FROM named WHERE name IS NOT NULL)"
    " SELECT name FROM named WHERE name IS NOT NULL"
)
"""The instruments of the bars, by the index: of a year's record DISTINCT would read every row."""


class ReplayVerifier:
    """The rows of a state file as they were when the node began again; without a file there are none.

    A replaying node has no other memory than its market and what it did in it. So it begins at the beginning, at full
    speed, and what comes out is held against what was recorded: only then are positions, orders at the venue and models
    again as they were. What was not recorded yet comes out once more and is recorded then: nothing is lost or doubled.
    """

    def __init__(self, path: Path, database: sqlite3.Connection | None) -> None:
        self._path = path
        self._file = database
        self.last = {table: self._one(f"SELECT max(number) FROM {table}") for table in _NUMBERED}  # noqa: S608
        self._names = [] if database is None else [name for (name,) in database.execute(_NAMES)]
        self.until = max(
            (self._one("SELECT max(ts) FROM bars WHERE instrument = ?", name) for name in self._names), default=0
        )

    def new(self, batch: Sequence[Rows]) -> list[Rows]:
        """Return what of a batch was not recorded yet, once the rest was found to be what was.

        Raises RunFailed when it is not: the data, the program or the model changed under the node.
        """
        left: list[Rows] = []
        for table, rows in batch:
            known = self.last[table] if table in _REPEATED else 0
            for row in rows:
                if row[0] <= known:
                    self._compare(table, "number = ?", (row[0],), row)
            if fresh := [row for row in rows if not known or row[0] > known]:
                left.append((table, fresh))
        return left

    def new_bars(self, since: int, bars: Sequence[tuple[Any, ...]], equity: Sequence[tuple[Any, ...]]) -> list[Rows]:
        """Return what of bars (instrument, close) and of the equity at them is not on record; errors as in `new`.

        They are all that closed after `since`, UTC ns.
        """
        span, fresh = (since, min(bars[-1][1], self.until)), list[Rows]()
        if span[0] < span[1]:
            where = "WHERE instrument = ? AND ts > ? AND ts <= ?"
            found = [row for name in self._names for row in self._rows("bars", where, (name, *span))]
            self._compare_span("bars", found, bars, 1)
            self._compare_span("equity", self._rows("equity", "WHERE ts > ? AND ts <= ?", span), equity, 0)
        for table, rows, ts in (("bars", bars, 1), ("equity", equity, 0)):
            if new := [row for row in rows if row[ts] > self.until]:
                fresh.append((table, new))
        return fresh

    def _compare_span(
        self, table: str, found: Sequence[tuple[Any, ...]], rows: Sequence[tuple[Any, ...]], ts: int
    ) -> None:
        was, now = set(found), {row for row in rows if row[ts] <= self.until}
        if was != now:
            first = min(was ^ now, key=lambda row: row[ts])
            self._refuse(table, first if first in was else None, first if first in now else None)

    def _compare(self, table: str, where: str, key: Sequence[Any], now: Sequence[Any]) -> None:
        was = next(iter(self._rows(table, f"WHERE {where}", key)), None)
        if was != tuple(now):
            self._refuse(table, was, tuple(now))

    def _rows(self, table: str, where: str, key: Sequence[Any]) -> list[tuple[Any, ...]]:
        query = f"SELECT * FROM {table} {where}"  # noqa: S608 - names of our own
        return [] if self._file is None else [tuple(row) for row in self._file.execute(query, key)]

    def _refuse(self, table: str, was: tuple[Any, ...] | None, now: tuple[Any, ...] | None) -> NoReturn:
        raise RunFailed(
            f"the past of {self._path.stem} came out otherwise: in {table} it recorded {was}, now it is {now}; the"
            " data, the program or a model changed since. --fresh sets the record aside and begins anew"
        )

    def _one(self, query: str, *values: Any) -> int:
        if self._file is None:
            return 0
        return int(self._file.execute(query, values).fetchone()[0] or 0)


@contextmanager
def open_verifier(path: Path, settings: str) -> Iterator[ReplayVerifier]:
    """Open what the node of the state file at `path` did; `settings` is the hash of what it is configured to now.

    Raises PolicyRefused when the file is of other settings or of another version of the program; RunFailed when it
    cannot be read.
    """
    if not path.is_file() or not path.stat().st_size:
        yield ReplayVerifier(path, None)
        return
    with ExitStack() as stack:
        try:
            database = stack.enter_context(open_state_file(path))
            past = ReplayVerifier(path, database if _known(path, database, settings) else None)
        except sqlite3.Error as error:
            raise RunFailed(f"{path} cannot be read: {error}; --fresh sets it aside and begins anew") from error
        yield past


def archive_state(path: Path) -> Path | None:
    """Move a state file out of the way, into `past/` beside it; return its new path, or None without one."""
    if not path.is_file():
        return None
    aside = path.parent / "past" / f"{path.stem}-{time.time_ns()}.db"
    aside.parent.mkdir(exist_ok=True)
    for end in ("", "-wal", "-shm"):
        part = path.with_name(path.name + end)
        if part.is_file():
            part.rename(aside.with_name(aside.name + end))
    return aside


def _known(path: Path, database: sqlite3.Connection, settings: str) -> bool:
    made = {name: sql for name, sql in database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")}
    if not made:
        return False
    if any(made.get(name) != create_statement(name) for name in TABLES):
        raise PolicyRefused(f"{path} was written by another version; --fresh sets it aside and begins anew")
    recorded = database.execute("SELECT config_sha256 FROM node").fetchone()
    if recorded is not None and recorded[0] != settings:
        raise PolicyRefused(
            f"{path.stem} has run with other settings, and goes on only with the same;"
            " --fresh sets what it did aside and begins anew"
        )
    return True
