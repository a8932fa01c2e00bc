# file: bench/nodememory.py
"""Whether a paper node's memory stays flat: what it holds while it replays, by bar and by trade.

`python -m bench.nodememory` runs the measures; with a catalog, bars, coins and a pace behind it, it is one of their
children.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from bench.row import Row
from tests.golden.catalogfixture import bars_along
from tradingbot import backtest as door
from tradingbot.core.config.home import moved
from tradingbot.core.execution.switches.killlatch import MemoryKillLatch
from tradingbot.core.lane import Lane
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import PriceSide
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.series import Step
from tradingbot.core.runtime.market import open_planned_market
from tradingbot.core.runtime.papernode import PaperOptions, run_paper
from tradingbot.core.runtime.statewriter import StateWriter

_COINS = {"BTCUSDT-LINEAR.BYBIT": 40_000.0, "ETHUSDT-LINEAR.BYBIT": 3_000.0, "SOLUSDT-LINEAR.BYBIT": 150.0}
_MARKS = (0.1, 0.25, 0.5, 0.75, 1.0)
_SETTLED = 0.25
"""The share of a run after which everything that is loaded once is loaded."""

_NEVER = 10**9
_LIMIT_S = 600
_AIMS = {"30,000 bars, idle": 512}
_A_TRADE = 16_384
"""The books keep every decision of a run for its report: that, and nothing by bar, is what may grow."""


def measure() -> list[Row]:
    """Replay a day of three coins, and thirty thousand bars of one with and without trades, a process for each."""
    day, quiet, busy = _run(1440, 3, 20), _run(30_000, 1, _NEVER), _run(30_000, 1, 25)
    rows = []
    for name, found in (("day, 3 coins", day), ("30,000 bars, idle", quiet), ("30,000 bars, busy", busy)):
        marks = ", ".join(f"{share:.0%} {found['at'][str(share)]:.0f}" for share in _MARKS)
        rows.append(Row(f"node, {name}: at its end", found["at"]["1.0"], "MB", found["at"]["0.25"], f"MB; {marks}"))
        rows.append(
            Row(
                f"node, {name}: growth, {found['trades']:.0f} trades",
                found["slope"],
                "bytes a bar",
                aim=_AIMS.get(name),
            )
        )
    a_trade = (busy["slope"] - quiet["slope"]) * busy["bars"] / busy["trades"]
    return [*rows, Row("node, what a trade leaves in memory", a_trade, "bytes", aim=_A_TRADE)]


def _run(bars: int, coins: int, every: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, "-m", "bench.nodememory", place, str(bars), str(coins), str(every)]
        root = str(Path(__file__).resolve().parents[1])
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            timeout=_LIMIT_S,
            env=os.environ | {"PYTHONPATH": root},
        )
    if done.returncode:
        raise RuntimeError(f"the node ended with {done.returncode}: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _child(place: Path, bars: int, coins: int, every: int) -> None:
    """Run a node and print what it held at each share of its bars, and the slope after the first quarter."""
    names, step = list(_COINS)[:coins], Step.parse("1m")
    catalog = Catalog(place / "catalog" / "main", create=True)
    for seed, name in enumerate(names):
        path = _COINS[name] * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 2e-4, bars + 1)))
        catalog.write_bars(load_listing(name).instrument, step, PriceSide.LAST, bars_along(path, step))
    config = place / "memory.json"
    config.write_text(json.dumps(_config(catalog.path, names, every)), encoding="utf-8")
    held = _watched()
    with moved(place):
        planned = door.plan(config)
        latch = MemoryKillLatch(Lane.CRYPTOFUTURES, lambda: 0)
        outcome = run_paper(
            planned, open_planned_market(planned)[0], PaperOptions("memory", place / "state", latch, hand_over=0)
        )
    later = np.arange(len(held)) >= _SETTLED * len(held)
    slope = np.polyfit(np.flatnonzero(later), np.asarray(held)[later], 1)[0]
    found = {
        "bars": len(held), "trades": len(outcome.recorder.ledger.trades), "slope": slope,
        "at": {share: held[round(share * len(held)) - 1] / 2**20 for share in _MARKS},
    }  # fmt: skip
    sys.stdout.write(json.dumps(found) + "\n")


def _config(catalog: Path, names: list[str], every: int) -> dict[str, object]:
    return {
        "name": "memory", "catalog": str(catalog), "lane": "cryptofutures", "bar": "1m", "instruments": names,
        "equity": "8000 USDT", "strategies": [{"path": "bench.pacers:Pacer", "params": {"every": every}}],
    }  # fmt: skip


def _watched() -> list[int]:
    """Return the bytes resident after each bar to come."""
    held, note, page = list[int](), StateWriter.note, os.sysconf("SC_PAGE_SIZE")
    statm = Path("/proc/self/statm").open()  # noqa: SIM115 - for as long as the process lives

    def noting(self: StateWriter, bars: Sequence[tuple[str, int]]) -> None:
        note(self, bars)
        statm.seek(0)
        held.extend([int(statm.read().split()[1]) * page] * len(bars))

    StateWriter.note = noting  # type: ignore[method-assign]
    gc.collect()
    return held


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _child(Path(sys.argv[1]), *map(int, sys.argv[2:]))
    else:
        for row in measure():
            Console(width=160).print(
                f"{row.name}: {row.value:,.1f} {row.unit}"
                + (f" ({row.baseline:,.1f} {row.against})" if row.against else "")
            )
