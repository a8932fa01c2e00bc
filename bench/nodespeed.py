# file: bench/nodespeed.py
"""How fast a paper node goes at full speed, beside the backtest engine on the same bars.

`python -m bench.nodespeed` runs the measure; with a home, a host and a schedule behind it, it is one of its children.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from bench.engine import make_catalog
from bench.row import Row
from bench.worker import NAME
from tradingbot import backtest as door
from tradingbot.core.config.home import moved
from tradingbot.core.execution.switches.killlatch import MemoryKillLatch
from tradingbot.core.lane import Lane
from tradingbot.core.runtime.backtesthost import run_backtest
from tradingbot.core.runtime.market import open_planned_market
from tradingbot.core.runtime.papernode import PaperOptions, run_paper

_BARS = 20_000
_ROOT = str(Path(__file__).resolve().parents[1])
_AIMS = {500: 3_500.0}


def measure() -> list[Row]:
    """Run one-minute bars, a trade in 500 and in 50 bars, in engine and node, the best of three each."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        make_catalog(home / "catalog" / "main", _BARS)
        for every in (500, 50):
            engine, node = (max(_run(home, host, every) for _ in range(3)) for host in ("engine", "node"))
            name = f"paper node, full speed, a trade in {every} bars"
            rows.append(Row(name, node, "bars/s", engine, "backtest engine", aim=_AIMS.get(every), higher=True))
    return rows


def _run(home: Path, host: str, every: int) -> float:
    command = [sys.executable, "-m", "bench.nodespeed", str(home), host, str(every)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=_ROOT)
    if done.returncode:
        raise RuntimeError(f"the {host} ended with {done.returncode}: {done.stderr[-2000:]}")
    return float(done.stdout.splitlines()[-1])


def _child(home: Path, host: str, every: int) -> None:
    """Run the config in one host and print its bars a second of the wall, reading and recording included."""
    config = home / f"{host}{every}.json"
    config.write_text(
        json.dumps(
            {
                "name": "speed", "catalog": str(home / "catalog" / "main"), "lane": "cryptofutures", "bar": "1m",
                "instruments": [NAME], "equity": "8000 USDT",
                "strategies": [{"path": "bench.pacers:Pacer", "params": {"every": every}}],
            }
        ),
        encoding="utf-8",
    )  # fmt: skip
    with moved(home):
        planned = door.plan(config)
        market, _synthetic = open_planned_market(planned)
        latch = MemoryKillLatch(Lane.CRYPTOFUTURES, lambda: 0)
        began = time.perf_counter()
        if host == "engine":
            outcome = run_backtest(planned, market)
        else:
            outcome = run_paper(planned, market, PaperOptions("speed", home / "state", latch, fresh=True, hand_over=0))
        took = time.perf_counter() - began
    sys.stdout.write(f"{outcome.bars / took}\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _child(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
    else:
        for row in measure():
            Console(width=160).print(
                f"{row.name}: {row.value:,.0f} {row.unit}, {row.against} {row.baseline:,.0f}, ratio {row.ratio:.3f}"
            )
