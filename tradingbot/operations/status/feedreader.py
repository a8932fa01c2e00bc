# file: operations/status/feedreader.py
"""Live feeds of a home from their journals, read without anything heavy, while a feed writes or after it ended."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from typing import Any

from tradingbot.core.config.home import home
from tradingbot.core.messages.feedview import FeedGap, FeedView
from tradingbot.core.runtime.processlock import process_alive
from tradingbot.core.storage.filelock import lock_holder
from tradingbot.core.storage.sqlite import connect, transaction
from tradingbot.core.time import SECOND, to_iso
from tradingbot.operations.status.nodefiles import UNREADABLE

_WAIT_S = 0.25
_SILENT_S = 10
_AT_WORK = frozenset({"catching_up", "running", "stalled"})

_BEAT = "SELECT pid, wall, connected, venue, skew, speed, lag, state, sentence FROM heartbeat"
_GAP = """
SELECT instrument, kind, cause, first, last, filled, missing, ended = 0 FROM gaps JOIN series ON series = series.number
WHERE cause <> 'start' ORDER BY gaps.number DESC LIMIT 1
"""
_GAP_NAMES = [field.name for field in fields(FeedGap)]
_REFUSED = """
SELECT instrument, kind, seals.until, findings FROM seals JOIN series ON series = number WHERE state = 'refused'
ORDER BY seals.until, number
"""


def feed_views(home: Path, now: int) -> tuple[FeedView, ...]:
    """Return every feed below `home` as it stands at `now`, UTC ns of the wall; one that cannot be read says why."""
    return tuple(_view(path, now) for path in sorted((home / "state" / "feeds").glob("*.db")))


def feeds() -> tuple[FeedView, ...]:
    """Return every feed of the home, by name."""
    return feed_views(home(), time.time_ns())


def _view(path: Path, now: int) -> FeedView:
    try:
        with closing(connect(path, "mode=ro", _WAIT_S)) as database, transaction(database, "BEGIN"):
            return FeedView(path.stem, **_beat(path, database, now), **_record(database))
    except UNREADABLE as error:
        return FeedView(path.stem, unread=f"its journal cannot be read: {error}")


def _beat(path: Path, database: sqlite3.Connection, now: int) -> dict[str, Any]:
    row = database.execute(_BEAT).fetchone()
    if row is None:
        return {"state": "starting", "sentence": "it has not said anything yet"}
    pid, wall, connected, venue, skew, speed, lag, state, sentence = row
    if state in _AT_WORK:
        silent = (now - wall) // SECOND
        if not _alive(path.with_suffix(".lock"), pid, silent > _SILENT_S):
            state, sentence = "dead", f"its process {pid} is gone without a word; `tradingbot up` or `feed` goes on"
        elif silent > _SILENT_S:
            state, sentence = "stalled", f"no sign of life for {silent} s"
        elif not connected and not sentence:
            sentence = "not connected"
    return {
        "state": state, "sentence": sentence, "wall": wall, "venue": venue, "skew_ns": skew, "speed": speed or 1.0,
        "lag_ns": lag, "connected": bool(connected) and state in _AT_WORK,
    }  # fmt: skip


def _alive(lock: Path, pid: int, silent: bool) -> bool:
    """The number of a process may be another's by now, or not be seen from here: the lock decides in doubt."""
    there = process_alive(pid)
    if there and not silent:
        return True
    return lock_holder(lock) is not None if lock.is_file() else there


def _record(database: sqlite3.Connection) -> dict[str, Any]:
    gap = database.execute(_GAP).fetchone()
    gaps, missing = database.execute("SELECT count(*), coalesce(sum(missing), 0) FROM gaps").fetchone()
    (strays,) = database.execute("SELECT count(*) FROM strays").fetchone()
    alarms, last = database.execute("SELECT count(*), coalesce(max(ts), 0) FROM differences").fetchone()
    (sealed,) = database.execute("SELECT coalesce(max(until), 0) FROM seals WHERE state = 'sealed'").fetchone()
    names = database.execute("SELECT DISTINCT instrument FROM series ORDER BY instrument")
    return {
        "instruments": tuple(name for (name,) in names), "gaps": gaps, "missing": missing,
        "last_gap": None if gap is None else _last_gap(gap),
        "strays": strays, "alarms": alarms, "last_alarm": last, "refused": tuple(_refused(database)), "sealed": sealed,
    }  # fmt: skip


def _last_gap(row: tuple[Any, ...]) -> FeedGap:
    return FeedGap(**dict(zip(_GAP_NAMES, row, strict=True)) | {"open": bool(row[-1])})


def _refused(database: sqlite3.Connection) -> Iterator[str]:
    for name, kind, until, findings in database.execute(_REFUSED):
        why = "; ".join(json.loads(findings))
        yield f"{name} {kind}: the day that ends at {to_iso(until)} was not sealed: {why}"
