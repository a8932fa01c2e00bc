# file: core/runtime/supervisor/eventlog.py
"""Event log: processes, events and disarmed lanes, told and stored in SQLite; a full disk stops nothing."""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from tradingbot.core.messages.processview import Disarmed, Process, ProcessEvent
from tradingbot.core.runtime.supervisor.processes import ProcessSpec
from tradingbot.core.storage.sqlite import connect, transaction

TABLES: dict[str, str] = {
    "processes": "name TEXT PRIMARY KEY, kind TEXT, pid INTEGER, state TEXT, since INTEGER, restarts INTEGER,"
    " sentence TEXT, lane TEXT, lines TEXT",
    "events": "number INTEGER PRIMARY KEY AUTOINCREMENT, wall INTEGER, process TEXT, kind TEXT, sentence TEXT",
    "disarmed": "lane TEXT PRIMARY KEY, wall INTEGER, process TEXT, reason TEXT",
    "nightly": "one INTEGER PRIMARY KEY CHECK (one = 1), wall INTEGER",
}
"""Columns by table. Times are UTC nanoseconds, `lines` are parted by line feeds."""

_PATIENCE_S = 0.25
_RETRY_S = 5.0
_KEPT = 10_000
_WAITING = 1_000


class SupervisorStore:
    """Collect rows, and write all of them at each `flush`; what cannot be written waits for the next.

    `warn` hears why something could not be written, once for each reason in a row; `clock` gives seconds. The oldest of
    more than a thousand waiting events are dropped, which the event that tells of the trouble then counts.
    """

    def __init__(self, path: Path, warn: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._path, self._warn, self._clock = path, warn, clock
        self._forget = True
        self._processes: dict[str, Process] = {}
        self._events: deque[ProcessEvent] = deque(maxlen=_WAITING)
        self._disarmed: dict[str, Disarmed] = {}
        self._nightly: int | None = None
        self._dropped = 0
        self._trouble = ""
        self._since = 0.0

    def process(self, row: Process) -> None:
        """Let `row` take the place of what was known about the process."""
        self._processes[row.name] = row

    def event(self, event: ProcessEvent) -> None:
        """Add what happened."""
        self._dropped += len(self._events) == _WAITING
        self._events.append(event)

    def disarm(self, row: Disarmed) -> None:
        """Keep that a lane may not trade live."""
        self._disarmed[row.lane.value] = row

    def compared(self, wall: int) -> None:
        """Keep when the last round of comparisons began (UTC ns)."""
        self._nightly = wall

    def last_compared(self) -> int | None:
        """Return when the last round of comparisons began (UTC ns), None where that is not known."""
        try:
            with closing(self._open()) as file:
                row = file.execute("SELECT wall FROM nightly").fetchone()
        except sqlite3.Error:
            return None
        return None if row is None else int(row[0])

    def retry_s(self) -> float:
        """Return the seconds until the next `flush` is worth while; for ever where nothing waits."""
        return _RETRY_S if self._trouble else float("inf")

    def flush(self) -> None:
        """Write what waits; the first call forgets the processes of an earlier supervisor."""
        if not (self._forget or self._processes or self._events or self._disarmed or self._nightly):
            return
        try:
            with closing(self._open()) as file, transaction(file, "BEGIN IMMEDIATE"):
                self._store(file)
        except (sqlite3.Error, OSError) as error:
            if not self._trouble:
                self._since = self._clock()
            if str(error) != self._trouble:
                self._warn(f"{self._path} could not be written: {error}; the processes go on, and it is tried again")
            self._trouble = str(error)
            return
        for waiting in (self._processes, self._events, self._disarmed):
            waiting.clear()
        self._nightly, self._dropped, self._trouble, self._forget = None, 0, "", False

    def _open(self) -> sqlite3.Connection:
        # Opened anew each time, a few times a minute at most: so a file that was replaced or mended is written again.
        file = connect(self._path, "mode=rwc", _PATIENCE_S)
        try:
            file.execute("PRAGMA journal_mode = WAL")
            file.execute("PRAGMA synchronous = FULL")
            for name, columns in TABLES.items():
                file.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns}) STRICT")
        except BaseException:
            file.close()
            raise
        return file

    def _store(self, file: sqlite3.Connection) -> None:
        if self._forget:
            file.execute("DELETE FROM processes")
        for row in self._processes.values():
            cells = (row.name, row.kind, row.pid, row.state, row.since, row.restarts, row.sentence)
            lane = "" if row.lane is None else row.lane.value
            _replace(file, "processes", (*cells, lane, "\n".join(row.lines)))
        for event in [*self._events, *self._late()]:
            file.execute(
                "INSERT INTO events (wall, process, kind, sentence) VALUES (?, ?, ?, ?)",
                (event.wall, event.process, event.kind, event.sentence),
            )
        file.execute("DELETE FROM events WHERE number <= (SELECT max(number) FROM events) - ?", (_KEPT,))
        for out in self._disarmed.values():
            _replace(file, "disarmed", (out.lane.value, out.wall, out.process, out.reason))
        if self._nightly is not None:
            _replace(file, "nightly", (1, self._nightly))

    def _late(self) -> list[ProcessEvent]:
        if not self._trouble:
            return []
        lost = f", {self._dropped} events were dropped" if self._dropped else ""
        seconds = self._clock() - self._since
        sentence = f"for {seconds:.1f} s nothing could be recorded{lost}: {self._trouble}"
        return [ProcessEvent(time.time_ns(), "", "unwritten", sentence)]


def _replace(file: sqlite3.Connection, table: str, row: tuple[object, ...]) -> None:
    file.execute(f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608 - our own names


class EventLog:
    """`tell` hears every event as it happens; that it cannot, as on a terminal that was closed, harms nobody."""

    def __init__(
        self, journal: SupervisorStore, tell: Callable[[ProcessEvent], None], wall: Callable[[], int] = time.time_ns
    ) -> None:
        self.journal = journal
        self.wall = wall
        self._tell = tell

    def event(self, process: str, kind: str, sentence: str) -> None:
        """Tell and keep an event."""
        event = ProcessEvent(self.wall(), process, kind, sentence)
        self.journal.event(event)
        self._publish(event)

    def said(self, process: str, line: str) -> None:
        """Tell what a process printed, which may hold a secret and is not kept."""
        self._publish(ProcessEvent(self.wall(), process, "said", line))

    def stands(
        self, spec: ProcessSpec, state: str, sentence: str, *, pid: int, restarts: int, lines: tuple[str, ...]
    ) -> None:
        """Keep how a process stands from now on."""
        self.journal.process(
            Process(spec.name, spec.kind.value, pid, state, self.wall(), restarts, sentence, spec.lane, lines)
        )

    def disarm(self, spec: ProcessSpec, reason: str) -> None:
        """Leave the lane of a process without live trading, and say so."""
        if spec.lane is None:
            return
        self.journal.disarm(Disarmed(spec.lane, self.wall(), spec.name, reason))
        self.event(spec.name, "disarmed", f"{spec.lane} is disarmed for live: {reason}")

    def _publish(self, event: ProcessEvent) -> None:
        with suppress(OSError, ValueError):  # ValueError: the stream was closed
            self._tell(event)
