# file: tests/proofs/testlivepaper.py
"""Days of paper on live data with faults all the time, feed and node killed at random: the record is a backtest's."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.core.runtime.livefeed.feedrun import FAULTS, MINUTE_MS, spoil
from tests.proofs.liverun import NAMES, LiveRun, living, memory_mb
from tests.venues.bybit.venue import BybitVenue
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import PriceSide
from tradingbot.core.market.series import Step
from tradingbot.core.runtime.backtesthost import run_backtest
from tradingbot.core.runtime.market import open_planned_market, plan
from tradingbot.core.time import DAY, MINUTE, day_of

_DAYS = int(os.environ.get("LIVE_DAYS", "1"))
_SPEED = float(os.environ.get("LIVE_SPEED", "1800"))
_SEED = int(os.environ.get("LIVE_SEED", "16"))
_DAY_MS = DAY // 1_000_000
# Missing minutes come twice as often.
_KINDS = (*FAULTS[:7], "missing", *FAULTS[7:])
_START = (time.time_ns() // DAY - 100) * _DAY_MS - 60 * MINUTE_MS


def test_days_with_faults_and_kills_are_the_backtest_of_the_sealed_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, missing, memory = random.Random(_SEED), set[tuple[str, int]](), list[tuple[float, float]]()
    with BybitVenue(_START, _SPEED, limit=None) as venue, living(tmp_path, venue) as run:
        run.feed.start()
        run.start_node()
        midnight = _START + 60 * MINUTE_MS
        for day in range(_DAYS):
            for hour in range(24):
                spoil(venue, chance, missing, NAMES, _KINDS, midnights=0.2)
                _until(run, midnight + day * _DAY_MS + (hour + 1) * 60 * MINUTE_MS)
                memory.append(_held(run))
                _kill(run, chance)
        venue.clear()
        last = midnight + _DAYS * _DAY_MS
        seals = f"SELECT count(*) FROM seals WHERE until <= {last * 1_000_000}"
        run.feed.wait(lambda: run.feed.table(seals) == [((_DAYS + 1) * 3 * len(NAMES),)], "the seals")
        _until(run, last + 10 * MINUTE_MS)
        assert run.end_node() == 0, run.said()
        assert run.feed.end() == 0
        run.feed.compare(Catalog(run.home / "catalog" / "main").rows, last * 1_000_000, missing)
        monkeypatch.setenv("TRADINGBOT_HOME", str(run.home))
        _is_backtest(run, last * 1_000_000)
        for day in range(_DAYS):
            name = str(day_of((midnight + day * _DAY_MS) * 1_000_000))
            said = run.run("parity", "live", "--day", name)
            assert said.returncode == 0, said.stdout + said.stderr
        _tell(run, memory)


def _held(run: LiveRun) -> tuple[float, float]:
    assert run.feed.process is not None
    assert run.node is not None
    return memory_mb(run.feed.process), memory_mb(run.node)


def _until(run: LiveRun, close_ms: int) -> None:
    """Wait until the node has noted what closes then."""
    end = time.monotonic() + 60
    while run.last() < close_ms * 1_000_000:
        for process, log in ((run.feed.process, run.feed.said), (run.node, run.said)):
            assert process is not None
            assert process.poll() is None, log()
        assert time.monotonic() < end, f"the node did not come to {close_ms}:\n{run.said()}\n{run.feed.said()[-2000:]}"
        time.sleep(0.05)


def _kill(run: LiveRun, chance: random.Random) -> None:
    """Kill one of the two, both, or nobody, and start what was killed; the feed may be away for some hours."""
    draw = chance.random()
    feed, node = draw < 0.08 or 0.16 < draw < 0.2, 0.08 < draw < 0.2
    if feed:
        run.feed.end(signal.SIGKILL)
    if node:
        run.end_node(chance.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM)))
    if feed:
        time.sleep(chance.choice((0.0, 0.0, 2.0)))
        run.feed.start()
    if node:
        run.start_node()


def _is_backtest(run: LiveRun, until: int) -> None:
    """Hold the node's record against a backtest of the sealed catalog from the node's start."""
    planned = plan(run.config)
    market, _ = open_planned_market(planned)
    [(start, since)] = run.rows("SELECT start, since FROM node")
    for name in NAMES:
        sealed = market.catalog.bars(name, Step(1, "m"), PriceSide.LAST, start + 1, until).ts.tolist()
        noted = run.rows(f"SELECT ts FROM bars WHERE instrument = '{name}' AND ts <= {until} ORDER BY ts")
        assert sealed == [ts for (ts,) in noted], name
    outcome = run_backtest(planned, replace(market, start=start, end=until + MINUTE, since=since), until=until)
    done = [
        (each.strategy, each.instrument, each.entry_time, each.exit_time, each.exit_reason, each.pnl, each.funding)
        for each in outcome.recorder.ledger.trades
    ]
    query = "SELECT strategy, instrument, entry_time, exit_time, exit_reason, pnl, funding FROM trades"
    noted = run.rows(f"{query} WHERE exit_time <= {until} ORDER BY number")
    assert len(done) > 20 * _DAYS
    assert any(trade[-1] for trade in done), "nobody paid funding"
    assert done == [(*row[:5], Decimal(row[5]), Decimal(row[6])) for row in noted]


def _tell(run: LiveRun, memory: list[tuple[float, float]]) -> None:
    """Say what the starts took and what the processes held."""
    midnights = run.rows("SELECT close FROM checkpoints ORDER BY ts")
    told = run.rows("SELECT kind, sentence FROM outbox WHERE kind IN ('checkpoint', 'stall', 'failed')")
    causes = run.feed.table("SELECT cause, count(*), sum(missing) FROM gaps GROUP BY cause")
    strays = run.feed.table("SELECT what, count(*) FROM strays GROUP BY what")
    trades = run.rows("SELECT count(*) FROM trades")[0][0]
    sys.stdout.write(
        f"\nstart to the first new bar, s: {', '.join(f'{wait:.2f}' for wait in run.waits)}\n"
        f"memory of feed and node, MB: {memory[0]} .. {memory[-1]}\n"
        f"{trades} trades; {len(midnights)} checkpoints; gaps {causes}; strays {strays}\n{told}\n"
    )
    assert not [sentence for kind, sentence in told if kind == "failed"]
