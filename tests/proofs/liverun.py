# file: tests/proofs/liverun.py
"""A paper node on a live feed beside the loopback venue: each a process of its own that can be killed at any moment."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.core.runtime.livefeed.feedrun import FeedRun
from tests.venues.bybit.venue import BybitVenue

__all__ = ["NAMES", "LiveRun", "living", "memory_mb"]

NAMES = ("BTCUSDT-LINEAR.BYBIT", "ETHUSDT-LINEAR.BYBIT")
_PATIENCE_S = 60.0
_STRATEGIES = [
    {
        "path": "strategies.trendfollow:TrendFollow",
        "params": {"entry_bars": 20, "exit_bars": 8, "range_bars": 10, "stop_ranges": 3.0},
    },
    {
        "path": "strategies.meanreversion:MeanReversion",
        "params": {
            "band_bars": 20, "range_bars": 20, "drift_bars": 20, "judged_bars": 20, "trend_limit": 9.0,
            "least_way": 0.0001, "entry_score": 1.0,
        },
    },
]  # fmt: skip


class LiveRun:
    """`feed bybit` and `paper CONFIG --feed bybit` in one home; `waits` are seconds from the node's starts to data."""

    def __init__(self, home: Path, venue: BybitVenue, names: Sequence[str] = NAMES, warmup: int = 200) -> None:
        self.feed = FeedRun(home, venue, names, history=warmup + 100)
        self.home, self.state = home, home / "state" / "live.db"
        (home / "config" / "backtests").mkdir(parents=True)
        self.config = home / "config" / "backtests" / "live.json"
        settings = {
            "name": "live", "catalog": "catalog/main", "lane": "cryptofutures", "instruments": list(names),
            "bar": "1m", "equity": "10000 USDT", "realism": "exact", "strategies": _STRATEGIES,
        }  # fmt: skip
        self.config.write_text(json.dumps(settings), encoding="utf-8")
        self._words = ["paper", "config/backtests/live.json", "--feed", "bybit", f"--warmup={warmup}"]
        self._words += [f"--speed={venue.clock.speed:g}"]
        self.node: subprocess.Popen[str] | None = None
        self.waits: list[float] = []

    def start_node(self) -> None:
        """Start the node, and wait until it has noted a bar that it had not."""
        before, began = self.last(), time.monotonic()
        with (self.home / "node.log").open("a", encoding="utf-8") as log:
            self.node = subprocess.Popen(
                [sys.executable, "-m", "tradingbot", *self._words], env=self._environment, cwd=self.home, stdout=log,
                stderr=log, text=True,
            )  # fmt: skip
        while self.last() <= before:
            assert self.node.poll() is None, self.said()
            assert time.monotonic() - began < _PATIENCE_S, f"the node noted no bar:\n{self.said()}"
            time.sleep(0.01)
        self.waits.append(time.monotonic() - began)

    def end_node(self, how: int = signal.SIGTERM) -> int:
        assert self.node is not None
        self.node.send_signal(how)
        return self.node.wait(_PATIENCE_S)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a verb in the home."""
        command = [sys.executable, "-m", "tradingbot", *words]
        return subprocess.run(
            command, env=self._environment, cwd=self.home, capture_output=True, text=True, timeout=300, check=False
        )

    def said(self) -> str:
        return (self.home / "node.log").read_text(encoding="utf-8")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what the node's record answers, nothing where there is none yet."""
        if not self.state.is_file():
            return []
        with closing(sqlite3.connect(f"{self.state.as_uri()}?mode=ro", uri=True)) as database:
            made = database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'history'").fetchone()[0]
            return database.execute(query).fetchall() if made else []

    def last(self) -> int:
        """Return the close of the last bar that the node has noted, UTC ns; 0 without one."""
        found = self.rows("SELECT max(ts) FROM bars")
        return (found[0][0] or 0) if found else 0

    @property
    def _environment(self) -> dict[str, str]:
        return os.environ | {"TRADINGBOT_HOME": str(self.home)}


@contextmanager
def living(home: Path, venue: BybitVenue, **options: Any) -> Iterator[LiveRun]:
    """Give a run whose processes are ended with the block, however that ends."""
    run = LiveRun(home, venue, **options)
    try:
        yield run
    finally:
        for process in (run.node, run.feed.process):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait(_PATIENCE_S)


def memory_mb(process: subprocess.Popen[str] | None) -> float:
    """Return how much memory a process holds, in MB; 0 where it has ended."""
    if process is None:
        return 0.0
    try:
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return 0.0
    kilobytes = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")]
    return int(kilobytes[0]) / 1024 if kilobytes else 0.0
