# file: bench/noderestart.py
"""How long a paper node takes from process start to trading, with a long past and with a checkpoint of the same day.

`python -m bench.noderestart` runs the measure.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bench.child import TRADINGBOT
from bench.engine import make_catalog
from bench.row import Row
from bench.worker import NAME
from tradingbot.core.errors import RunFailed
from tradingbot.core.runtime.statefile import open_state_file
from tradingbot.core.time import DAY, to_iso

_BEGAN = 1_609_459_200_000_000_000
_A_DAY = 1440
_LIMIT_S = 600
_LOOK_S = 0.01
_TRADES = "SELECT wall FROM heartbeat WHERE state = 'running' AND wall > ?"


@dataclass(frozen=True, slots=True)
class Started:
    """Seconds of the wall from process start to trading, processor seconds in all, the largest memory in MB."""

    seconds: float
    cpu: float
    peak_mb: float


def measure() -> list[Row]:
    """Start a node a month and a year of one-minute bars behind, then again at the same moment."""
    month, year = 30, 365
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        make_catalog(home / "catalog" / "main", (year + 2) * _A_DAY)
        none, behind = _started(home, "day", 1), _started(home, "month", month)
        first, back = _started(home, "year", year), _started(home, "year", year)
        size = _size(home)
    bars = year * _A_DAY
    return [
        Row("node: start to trading, a day behind", none.seconds, "s"),
        Row("node: start to trading, a year behind", first.seconds, "s", behind.seconds, "a month behind", aim=30),
        Row("node: start to trading, a checkpoint of the same day", back.seconds, "s", first.seconds, "without", aim=2),
        Row("node: catching up, its start aside", bars / (first.cpu - back.cpu), "bars/cpu-s", bars / first.seconds,
            "bars/s of the wall", aim=20_000, higher=True),
        Row("node: most memory after a year", first.peak_mb, "MB", behind.peak_mb, "after a month", aim=1.1,
            of_ratio=True),
        Row("node: a checkpoint", size, "kB"),
    ]  # fmt: skip


def _started(home: Path, name: str, day: int) -> Started:
    """Start the node, see it trade at the day's noon, and stop it."""
    config = home / f"{name}.json"
    config.write_text(
        json.dumps(
            {
                "name": name, "catalog": str(home / "catalog" / "main"), "lane": "cryptofutures", "bar": "1m",
                "instruments": [NAME], "equity": "8000 USDT",
                "strategies": [{"path": "bench.pacers:Pacer", "params": {"every": 500}}],
            }
        ),
        encoding="utf-8",
    )  # fmt: skip
    root = str(Path(__file__).resolve().parents[1])
    until = to_iso(_BEGAN + day * DAY + DAY // 2)
    command = [TRADINGBOT, "paper", str(config), "--speed", "60", "--fast-until", until, "--json"]
    began, wall = time.monotonic(), time.time_ns()
    child = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": root, "TRADINGBOT_HOME": str(home)},
    )  # fmt: skip
    try:
        seconds = (_trading(home / "state" / f"{name}.db", wall, began + _LIMIT_S, child) - wall) / 1e9
    finally:
        child.send_signal(signal.SIGTERM)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    return Started(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6)


def _trading(path: Path, since: int, until: float, child: subprocess.Popen[bytes]) -> int:
    while time.monotonic() < until:
        if child.poll() is not None:
            raise RuntimeError(f"the node ended with {child.returncode}")
        try:
            with open_state_file(path) as file:
                made = file.execute("SELECT count(*) FROM sqlite_master WHERE name = 'heartbeat'").fetchone()[0]
                found = file.execute(_TRADES, (since,)).fetchone() if made else None
        except RunFailed:
            found = None
        if found is not None:
            return int(found[0])
        time.sleep(_LOOK_S)
    raise RuntimeError(f"the node did not trade within {_LIMIT_S} s")


def _size(home: Path) -> float:
    with open_state_file(home / "state" / "year.db") as file:
        return float(file.execute("SELECT max(length(state)) FROM checkpoints").fetchone()[0]) / 1e3


if __name__ == "__main__":
    for row in measure():
        against = f" ({row.baseline:,.2f} {row.against}, ratio {row.ratio:.3f})" if row.baseline else ""
        Console(width=160).print(f"{row.name}: {row.value:,.2f} {row.unit}{against}")
