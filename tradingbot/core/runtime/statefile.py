# file: core/runtime/statefile.py
"""State file: what a node records in SQLite, its outbox included, written by its own thread, readable by all."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from tradingbot.core.errors import RunFailed
from tradingbot.core.storage.sqlite import connect
from tradingbot.core.time import DAY

TABLES: dict[str, str] = {
    "node": "name TEXT PRIMARY KEY, lane TEXT, command TEXT, config_sha256 TEXT, speed TEXT, start INTEGER,"
    " end INTEGER, pid INTEGER, began INTEGER, candidate TEXT, currency TEXT, start_equity TEXT, synthetic INTEGER,"
    " bar_ns INTEGER, feed TEXT, since INTEGER",
    "heartbeat": "one INTEGER PRIMARY KEY CHECK (one = 1), wall INTEGER, market INTEGER, bars INTEGER, state TEXT,"
    " sentence TEXT",
    "decisions": "number INTEGER PRIMARY KEY, time TEXT, strategy TEXT, instrument TEXT, side TEXT, strength TEXT,"
    ' price TEXT, stop TEXT, target TEXT, verdict TEXT, rule TEXT, was TEXT, "limit" TEXT, sentence TEXT,'
    " quantity TEXT, wanted TEXT, orders TEXT, view TEXT",
    "live": "number INTEGER PRIMARY KEY, wall INTEGER, verdict TEXT, rule TEXT, sentence TEXT, quantity TEXT,"
    " switch TEXT, switch_sentence TEXT",
    "orders": 'number INTEGER PRIMARY KEY, ts INTEGER, "order" TEXT, strategy TEXT, instrument TEXT, event TEXT,'
    " quantity TEXT, price TEXT, reason TEXT",
    "fills": 'number INTEGER PRIMARY KEY, ts INTEGER, "order" TEXT, strategy TEXT, instrument TEXT, quantity TEXT,'
    " price TEXT, commission TEXT",
    "trades": "number INTEGER PRIMARY KEY, strategy TEXT, instrument TEXT, side TEXT, quantity TEXT,"
    " entry_time INTEGER, entry_price TEXT, exit_time INTEGER, exit_price TEXT, gross TEXT, fees TEXT, funding TEXT,"
    " pnl TEXT, exit_reason TEXT, risked TEXT",
    "refusals": "number INTEGER PRIMARY KEY, ts INTEGER, strategy TEXT, instrument TEXT, rule TEXT, sentence TEXT",
    "bars": "instrument TEXT, ts INTEGER, PRIMARY KEY (instrument, ts)",
    "equity": "ts INTEGER PRIMARY KEY, equity TEXT, balance TEXT",
    "positions": "strategy TEXT, instrument TEXT, quantity TEXT, entry_price TEXT, entry_time INTEGER, price TEXT,"
    " stop TEXT, pnl TEXT, PRIMARY KEY (strategy, instrument)",
    "signals": "number INTEGER PRIMARY KEY, ts INTEGER, instrument TEXT, model TEXT, direction TEXT, strength TEXT,"
    " probability REAL, features TEXT",
    "happenings": "number INTEGER PRIMARY KEY, ts INTEGER, kind TEXT, sentence TEXT",
    "transfers": "number INTEGER PRIMARY KEY, ts INTEGER, amount TEXT, before TEXT",
    "switches": "number INTEGER PRIMARY KEY, wall INTEGER, market INTEGER, killed INTEGER, who TEXT, reason TEXT",
    "outbox": "number INTEGER PRIMARY KEY, wall INTEGER, ts INTEGER, kind TEXT, sentence TEXT",
    "checkpoints": "ts INTEGER PRIMARY KEY, close INTEGER, wall INTEGER, bound TEXT, state BLOB, mac TEXT",
    "history": "ts INTEGER PRIMARY KEY, state BLOB, mac TEXT",
}
"""Columns by table. Times are UTC nanoseconds, in `decisions` ISO-8601; amounts are exact decimals as text.

`live` holds, by the number of the decision, how live would have answered the same intent on its merits, and which of
the lane's switches (killed, enabled, promoted) would have stopped it. `positions` are those held now. `transfers` is
what the owner put in, or took out (negative), and the equity just before. `switches` is when the node saw the lane
killed or resumed. `outbox` are the sentences somebody wants to be told. `checkpoints` are the node at moments of rest,
`bound` to what they fit (JSON), `history` what only grew before each; both carry the HMAC of their `state`.
"""

_WHOLE = frozenset({"positions"})
"""Tables that a batch which names them replaces."""

CHECKPOINT_DAYS = 8
"""Checkpoints of the last days stay, and those of the first of each month."""

_PRUNE = (
    f"DELETE FROM checkpoints WHERE ts < (SELECT max(ts) FROM checkpoints) - {CHECKPOINT_DAYS * DAY}"  # noqa: S608 - a number
    " AND strftime('%d', close / 1000000000, 'unixepoch') <> '01'"
)
_PATIENCE_S = 5.0
_INTERVAL_S = 0.02

type Rows = tuple[str, Sequence[Sequence[Any]]]
"""A table and rows for it; a row whose key is known replaces the old one."""


def create_statement(table: str) -> str:
    """Return the statement that makes a table."""
    return f"CREATE TABLE {table} ({TABLES[table]}) STRICT"


class StateFile:
    """Write batches in the order they come, each whole or not at all, and never make the node wait for the disk.

    A batch is written at once, or with all that has piled up 20 ms after the last: a transaction costs as much as what
    the node does in a bar.
    What fails is kept and raised by the next `write` or by `close`: a node that cannot record must not go on.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._batches: SimpleQueue[Sequence[Rows] | None] = SimpleQueue()
        self._failed: BaseException | None = None
        self._ready, self._closing = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name="state", daemon=True)
        self._thread.start()
        self._ready.wait()
        self._check()

    def write(self, batch: Sequence[Rows]) -> None:
        """Hand over rows that belong together.

        Raises RunFailed when an earlier batch could not be written.
        """
        self._check()
        self._batches.put(batch)

    def close(self) -> None:
        """Wait until all is written.

        Raises RunFailed when something could not be.
        """
        self._batches.put(None)
        self._closing.set()
        self._thread.join()
        self._check()

    def _check(self) -> None:
        if self._failed is not None:
            raise RunFailed(f"{self.path} could not be written: {self._failed}") from self._failed

    def _work(self) -> None:
        try:
            with closing(connect(self.path, "mode=rwc", _PATIENCE_S)) as database:
                _prepare(database)
                self._ready.set()
                due, batches = 0.0, list[Sequence[Rows] | None]()
                while None not in batches:
                    batches = [self._batches.get()]
                    self._closing.wait(max(0.0, due - time.monotonic()))
                    batches += [self._batches.get() for _ in range(self._batches.qsize())]
                    _store(database, [rows for batch in batches for rows in batch or ()])
                    due = time.monotonic() + _INTERVAL_S
        except BaseException as error:  # noqa: BLE001 - it is raised where the node hears it
            self._failed = error
        finally:
            self._ready.set()


@contextmanager
def open_state_file(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a state file for reading only, while its node may be writing.

    Raises RunFailed when there is none.
    """
    if not path.is_file():
        raise RunFailed(f"{path} does not exist: no node of that name has run")
    with closing(connect(path, "mode=ro", _PATIENCE_S)) as database:
        database.row_factory = sqlite3.Row
        yield database


def _prepare(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    # All tables or none: a file with some of them would be taken for another version's.
    database.execute("BEGIN IMMEDIATE")
    made = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for name in TABLES:
        if name not in made:
            database.execute(create_statement(name))
    database.execute("COMMIT")


def _store(database: sqlite3.Connection, batch: Iterable[Rows]) -> None:
    tables: dict[str, list[Sequence[Any]]] = {}
    for table, rows in batch:
        if table in _WHOLE:
            tables[table] = list(rows)
        else:
            tables.setdefault(table, []).extend(rows)
    database.execute("BEGIN IMMEDIATE")
    try:
        for table, rows in tables.items():
            if table in _WHOLE:
                database.execute(f"DELETE FROM {table}")  # noqa: S608 - our own
            if rows:
                marks = ", ".join("?" * len(rows[0]))
                database.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)  # noqa: S608 - our own
            if table == "checkpoints":
                database.execute(_PRUNE)
        database.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):  # a full disk has rolled back by itself
            database.execute("ROLLBACK")
        raise


class Outbox:
    """Make rows of the state's table `outbox`; several threads may, and the numbers go on after `last`."""

    def __init__(self, last: int = 0) -> None:
        self._last = last
        self._turn = threading.Lock()

    def of(self, ts: int, kind: str, sentence: str) -> Rows:
        """Return the row that says `sentence` about the market's time `ts`, UTC ns."""
        return "outbox", [self.row(ts, kind, sentence)]

    def row(self, ts: int, kind: str, sentence: str) -> tuple[Any, ...]:
        """Return the row of `of` alone."""
        with self._turn:
            self._last += 1
            return self._last, time.time_ns(), ts, kind, sentence
