# file: tests/core/runtime/livefeed/testfeedprocess.py
from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.runtime.livefeed.feedrun import MINUTE_MS, FeedRun, feeding
from tests.venues.bybit.venue import BybitVenue
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.catalog.origins import origins
from tradingbot.core.time import DAY

NAMES = ("BTCUSDT-LINEAR.BYBIT", "BTCUSDT-SPOT.BYBIT", "ETHUSDT-LINEAR.BYBIT")
DAY_MS = DAY // 1_000_000
# Ten minutes before a midnight, sixty days ago: a settlement and the end of a day are near.
START = (time.time_ns() // DAY - 60) * DAY_MS - 10 * MINUTE_MS
SPEED = 120.0


@pytest.fixture
def venue() -> Iterator[BybitVenue]:
    with BybitVenue(START, SPEED) as venue:
        yield venue


@pytest.fixture
def run(tmp_path: Path, venue: BybitVenue) -> Iterator[FeedRun]:
    with feeding(tmp_path, venue, NAMES) as running:
        running.start()
        yield running


def _minute(venue: BybitVenue) -> int:
    return venue.clock.now() // MINUTE_MS * MINUTE_MS


def test_through_faults_a_kill_and_midnight_the_feed_has_what_the_venue_has(run: FeedRun, venue: BybitVenue) -> None:
    run.until_close(START + MINUTE_MS)
    now = _minute(venue)
    for number, kind in enumerate(("lost", "duplicate", "late", "swap")):
        venue.fault(
            kind, start_ms=now + (2 + 2 * number) * MINUTE_MS, end_ms=now + (3 + 2 * number) * MINUTE_MS, delay=90
        )
    lacking = now + 5 * MINUTE_MS
    venue.fault("missing", symbol="ETHUSDT", category="linear", start_ms=lacking, end_ms=lacking + MINUTE_MS)
    run.until_close(now + 11 * MINUTE_MS)
    venue.fault("drop", seconds=1.5)
    venue.fault("throttle", path="/kline", count=3)
    run.until_close(_minute(venue) + 3 * MINUTE_MS)
    run.end(signal.SIGKILL)
    run.start()
    last = _minute(venue) + 3 * MINUTE_MS
    run.until_close(last)
    run.wait(lambda: run.table("SELECT count(*) FROM seals WHERE compared > 0") == [(7,)], "comparisons")
    assert run.end() == 0
    missing = {("ETHUSDT-LINEAR.BYBIT", lacking + MINUTE_MS)}
    run.compare(run.catalog.rows, last * 1_000_000, missing)
    sealed = Catalog(run.home / "catalog" / "main")
    midnight = (START // DAY_MS + 1) * DAY_MS * 1_000_000
    run.compare(sealed.rows, midnight, missing)
    assert {origin.source for series in run.coverages() for origin in origins(sealed.path, series)} == {"live"}
    assert run.table("SELECT * FROM differences") == []
    assert {what for (what,) in run.table("SELECT DISTINCT what FROM strays")} >= {"duplicate"}
    assert {cause for (cause,) in run.table("SELECT DISTINCT cause FROM gaps")} >= {"start", "missing minute"}
    assert run.table("SELECT state, sentence FROM heartbeat") == [("stopped", "")]


def test_a_second_feed_of_a_venue_is_refused(run: FeedRun, venue: BybitVenue) -> None:
    run.until_close(START)
    other = FeedRun(run.home, venue, NAMES)
    other.start()
    assert other.process is not None
    assert other.process.wait(30) == 3
    assert "bybit already runs as process" in run.said()
