# file: tests/proofs/testlivefeed.py
"""A week of a fast venue with faults all the time and the feed killed at random: journal and catalog have its truth."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

from tests.core.runtime.livefeed.feedrun import MINUTE_MS, FeedRun, feeding, spoil
from tests.venues.bybit.venue import BybitVenue
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.time import DAY

_NAMES = ("BTCUSDT-LINEAR.BYBIT", "ETHUSDT-SPOT.BYBIT")
_DAY_MS = DAY // 1_000_000
_DAYS = 7
_SPEED = 2_400.0
_START = (time.time_ns() // DAY - 60) * _DAY_MS - 30 * MINUTE_MS


def test_a_week_with_faults_and_kills_is_the_venues_week(tmp_path: Path) -> None:
    chance, missing = random.Random(16), set[tuple[str, int]]()
    with BybitVenue(_START, _SPEED, limit=None) as venue, feeding(tmp_path, venue, _NAMES) as run:
        run.start()
        run.until_close(_START)
        first = _START + 30 * MINUTE_MS
        for day in range(_DAYS):
            for hour in range(24):
                spoil(venue, chance, missing, _NAMES)
                run.until_close(first + day * _DAY_MS + (hour + 1) * 60 * MINUTE_MS)
                if chance.random() < 0.1:
                    run.end(signal.SIGKILL)
                    run.start()
        last = first + _DAYS * _DAY_MS
        seals = f"SELECT count(*) FROM seals WHERE compared > 0 AND until <= {last * 1_000_000}"
        run.wait(lambda: run.table(seals) == [((_DAYS + 1) * 4,)], "the comparisons of a week")
        assert run.end() == 0
        run.compare(run.catalog.rows, last * 1_000_000, missing)
        run.compare(Catalog(run.home / "catalog" / "main").rows, last * 1_000_000, missing)
        assert run.table("SELECT * FROM differences") == []
        _tell(run)


def _tell(run: FeedRun) -> None:
    """Hold what was recorded against what was done: nearly every kind of trouble left its trace."""
    causes = {cause for (cause,) in run.table("SELECT DISTINCT cause FROM gaps")}
    assert causes >= {"start", "missing minute"}
    assert run.table("SELECT count(*) FROM strays WHERE what = 'duplicate'")[0][0] > 0
