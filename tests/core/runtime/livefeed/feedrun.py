# file: tests/core/runtime/livefeed/feedrun.py
"""A feed in a process of its own, beside the loopback venue, and the venue's truth to hold it against."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tests.venues.bybit.venue import BybitVenue
from tradingbot.core.market.columns import Columns, Kind
from tradingbot.core.market.journal.livecatalog import LiveCatalog
from tradingbot.core.market.journal.schema import Coverage
from tradingbot.core.market.series import Series, Step
from tradingbot.core.time import DAY

FAULTS = ("drop", "mute", "lost", "duplicate", "late", "swap", "missing", "throttle", "fail", "skew", "")
_DAY_MS = DAY // 1_000_000
MINUTE_MS = 60_000
STEP = Step(1, "m")
_MS = 1_000_000
_PATIENCE_S = 60.0

type Missing = set[tuple[str, int]]
"""(instrument, close in ms) of the minutes that the venue itself lacks."""


class FeedRun:
    """The verb `feed bybit` in a home, for these instruments."""

    def __init__(self, home: Path, venue: BybitVenue, names: Sequence[str], history: int = 120) -> None:
        (home / "config").mkdir(parents=True, exist_ok=True)
        addresses = {"http": venue.http} | {f"ws_public_{kind}": venue.ws(kind) for kind in ("linear", "spot")}
        venues = {"bybit": {"environment": "mainnet", **addresses}}
        (home / "config" / "venues.json").write_text(json.dumps(venues), encoding="utf-8")
        self.home, self.venue, self.names = home, venue, names
        self.journal = home / "state" / "feeds" / "bybit.db"
        self._command = [sys.executable, "-m", "tradingbot", "feed", "bybit", f"--history={history}"]
        self._command += [f"--instrument={name}" for name in names]
        self.process: subprocess.Popen[str] | None = None

    @property
    def catalog(self) -> LiveCatalog:
        return LiveCatalog(self.home / "catalog" / "main", self.journal)

    def start(self) -> None:
        environment = os.environ | {"TRADINGBOT_HOME": str(self.home)}
        with (self.home / "feed.log").open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(self._command, env=environment, stdout=log, stderr=log, text=True)

    def end(self, how: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(_PATIENCE_S)

    def said(self) -> str:
        return (self.home / "feed.log").read_text(encoding="utf-8")

    def coverages(self) -> dict[Series, Coverage]:
        return self.catalog.journal.coverages()

    def until_close(self, close_ms: int) -> None:
        """Wait until every instrument's watermark is at this close or behind it."""
        self.wait(lambda: self.catalog.until(self.names, STEP) >= close_ms * _MS, f"the watermark of {close_ms}")

    def wait(self, done: Callable[[], bool], what: str) -> None:
        assert self.process is not None
        end = time.monotonic() + _PATIENCE_S
        while not (self.home / "catalog" / "main").is_dir() or not done():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, f"{what} did not come:\n{self.said()}"
            time.sleep(0.02)

    def table(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.journal)) as database:
            return database.execute(query).fetchall()

    def truth(self, series: Series, first: int, last: int) -> Columns:
        """Return what the venue has of a series in first <= ts <= last, UTC ns."""
        category, symbol = series.instrument.split("-")[1].split(".")[0].lower(), series.instrument.split("-")[0]
        market, low, high = self.venue.market, -(-first // _MS), last // _MS
        if series.kind is Kind.FUNDING:
            settled = market.settlements(category, symbol, low, high + 1)
            return _columns(series.kind, [(row.time, float(row.rate), 480) for row in settled])
        take = market.bars if series.kind is Kind.BARS else market.marks
        klines = take(category, symbol, low - MINUTE_MS, high)
        wanted = slice(1, 6) if series.kind is Kind.BARS else slice(4, 5)
        rows = [(row.start + MINUTE_MS, *(float(str(value)) for value in tuple(row)[wanted])) for row in klines]
        return _columns(series.kind, rows)

    def compare(self, read: Callable[[Series, int, int], Columns], last: int, missing: Missing) -> None:
        """Hold every series up to `last` (UTC ns) against the venue's truth less its `missing` minutes."""
        for series, coverage in self.coverages().items():
            truth, mine = self.truth(series, coverage.since + 1, last), read(series, coverage.since + 1, last)
            lacks = {close * _MS for name, close in missing if name == series.instrument and series.kind is Kind.BARS}
            expected = truth.take(~np.isin(truth.ts, list(lacks)))
            assert mine.ts.tolist() == expected.ts.tolist(), f"{series}\n{self.said()}"
            for name in ("open", "high", "low", "close", "volume", "price", "rate", "interval"):
                if hasattr(expected, name):
                    assert np.array_equal(getattr(mine, name), getattr(expected, name)), f"{series} {name}"


@contextmanager
def feeding(home: Path, venue: BybitVenue, names: Sequence[str]) -> Iterator[FeedRun]:
    """Give a feed that is ended with the block, however that ends."""
    run = FeedRun(home, venue, names)
    try:
        yield run
    finally:
        if run.process is not None and run.process.poll() is None:
            run.process.kill()
            run.process.wait(_PATIENCE_S)


def _columns(kind: Kind, rows: list[tuple[Any, ...]]) -> Columns:
    from tradingbot.core.runtime.livefeed.seriesfeed import columns_of

    return columns_of(kind, {row[0] * _MS: row[1:] for row in rows})


def spoil(
    venue: BybitVenue,
    chance: random.Random,
    missing: Missing,
    names: Sequence[str],
    kinds: Sequence[str] = FAULTS,
    midnights: float = 0.0,
) -> None:
    """Switch one fault on for some of the next hour, or as often as `midnights` says for the next day's first minutes.

    Minutes that the venue will lack are added to `missing`.
    """
    kind = chance.choice(kinds)
    begin = venue.clock.now() // MINUTE_MS * MINUTE_MS + chance.randint(5, 20) * MINUTE_MS
    if midnights and chance.random() < midnights:
        begin = (venue.clock.now() // _DAY_MS + 1) * _DAY_MS
    name = chance.choice(names)
    about = {"symbol": name.split("-")[0], "category": name.split("-")[1].split(".")[0].lower()}
    match kind:
        case "drop" | "mute":
            venue.fault(kind, seconds=chance.uniform(0.2, 1.5))
        case "throttle" | "fail":
            venue.fault(kind, path=chance.choice(("/kline", "/mark-price-kline", "/history", "/time")), count=3)
        case "skew":
            venue.fault(kind, delay=chance.uniform(-900, 900), seconds=1.0)
        case "":
            return
        case _:
            span = chance.randint(1, 4)
            venue.fault(kind, start_ms=begin, end_ms=begin + span * MINUTE_MS, delay=chance.uniform(30, 300), **about)
            if kind == "missing":
                missing.update((name, begin + (minute + 1) * MINUTE_MS) for minute in range(span))
