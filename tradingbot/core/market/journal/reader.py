# file: core/market/journal/reader.py
"""Feed journal reader: rows and watermarks of a journal that its feed may be writing meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from tradingbot.core.config.home import home
from tradingbot.core.market.catalog.arrow import empty_columns
from tradingbot.core.market.columns import Columns, Kind
from tradingbot.core.market.journal.schema import Coverage, coverages, open_journal, row_columns
from tradingbot.core.market.series import Series, Step
from tradingbot.core.storage.sqlite import transaction


def journal_file(feed: str) -> Path:
    """Return where the feed of that name keeps what it heard."""
    return home() / "state" / "feeds" / f"{feed}.db"


class JournalReader:
    """Read a feed's journal; one that does not exist yet has nothing. The file is open during each reading alone."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def coverages(self) -> dict[Series, Coverage]:
        """Return what the journal has of each series."""
        with self._opened() as database:
            return {} if database is None else coverages(database)

    def read(self, series: Series, start: int, end: int) -> tuple[Coverage, Columns] | None:
        """Return a series' coverage and its rows with start <= ts <= end, both of one moment; None without the series.

        Rows behind the watermark there are none.
        """
        with self._opened() as database:
            coverage = None if database is None else coverages(database).get(series)
            if database is None or coverage is None:
                return None
            low, high = max(start, coverage.kept + 1), min(end, coverage.until)
            return coverage, stored_rows(database, series.kind, coverage.number, low, high)

    def extent(self, series: Series) -> tuple[Coverage, int, int, int] | None:
        """Return a series' coverage, its first and last stamp and how many rows it has; None without the series."""
        with self._opened() as database:
            coverage = None if database is None else coverages(database).get(series)
            if database is None or coverage is None:
                return None
            query = f"SELECT min(ts), max(ts), count(*) FROM {series.kind} WHERE series = ? AND ts > ?"  # noqa: S608 - our own names
            first, last, rows = database.execute(query, (coverage.number, coverage.kept)).fetchone()
        return coverage, first or 0, last or 0, rows

    def until(self, names: Iterable[str], step: Step) -> int:
        """Return the watermark of instruments: up to this moment (UTC ns) everything of theirs was handed on.

        That is their bars of `step` of every side, and what else the journal has of them. 0 while the feed does not
        carry one of them.
        """
        held, marks = self.coverages(), []
        for name in names:
            own = {series: seen.until for series, seen in held.items() if series.instrument == name}
            if not any(series.kind is Kind.BARS and series.step == step for series in own):
                return 0
            marks += [until for series, until in own.items() if series.step in (None, step)]
        return min(marks, default=0)

    def present(self, names: Iterable[str], step: Step) -> int:
        """Return the watermark of instruments once the feed has come up with its venue, else 0.

        It has when no more than two bars are lacking: before, it still asks for the past.
        """
        until = self.until(names, step)
        with self._opened() as database:
            beat = None if database is None else database.execute("SELECT venue FROM heartbeat").fetchone()
        return until if beat is not None and beat[0] - until <= 2 * step.ns else 0

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection | None]:
        """Give the file as it is at one moment."""
        if not self.path.is_file():
            yield None
            return
        with closing(open_journal(self.path, "mode=ro")) as database, transaction(database, "BEGIN"):
            yield database


def stored_rows(database: sqlite3.Connection, kind: Kind, number: int, start: int, end: int) -> Columns:
    """Return the rows of series `number` with start <= ts <= end in order of time."""
    names = row_columns(kind)
    query = f"SELECT {', '.join(names)} FROM {kind} WHERE series = ? AND ts BETWEEN ? AND ? ORDER BY ts"  # noqa: S608 - our own names
    found = database.execute(query, (number, start, end)).fetchall()
    like = empty_columns(kind)
    if not found:
        return like
    columns = zip(names, zip(*found, strict=True), strict=True)
    return type(like)(*(np.array(values, getattr(like, name).dtype) for name, values in columns))
