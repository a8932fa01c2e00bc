# file: bench/engine.py
"""What the stack costs on top of the bare engine, and how fast and heavy a backtest is."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from bench.row import Row

_BARS = 300_000
_EVERY = 500
_OFTEN = 50


def measure() -> list[Row]:
    """Run one-minute bars from a catalog, one trade (entry, stop, target, exit) in 500 bars, a process for each run."""
    with tempfile.TemporaryDirectory() as folder:
        make_catalog(Path(folder), _BARS)
        rows = []
        for realism in ("exact", "fast"):
            bare, stack = (_best(folder, how, realism) for how in ("bare", "stack"))
            rows.append(
                Row(
                    f"stack, {realism}, {stack['trades']:.0f} trades", stack["cpu"], "cpu s", bare["cpu"],
                    f"bare engine, {bare['trades']:.0f} trades", aim=1.25, of_ratio=True,
                )
            )  # fmt: skip
            rows.append(
                Row(f"backtest, {realism}", stack["bars"] / stack["cpu"], "bars/cpu s", bare["bars"] / bare["cpu"],
                    "bare engine", higher=True)
            )  # fmt: skip
            cost = (stack["cpu"] - bare["cpu"]) / stack["trades"] * 1e6
            rows.append(Row(f"policy and books, {realism}", cost, "us a trade"))
        rows += _desk(folder)
        idle = _run(folder, "stack", "exact", _EVERY)
        rows.append(
            Row(
                "peak memory, exact, a million bars",
                _millionth(folder),
                "MB",
                idle["peak"],
                f"the same, {_BARS:,} bars",
            )
        )
        return rows


def _desk(folder: str) -> list[Row]:
    """Return what the desk takes an intent within a run, and asked again at once, beside a trade of the bare engine."""
    timed = _run(folder, "timed", "exact", _OFTEN)
    busy, still = _run(folder, "bare", "exact", _OFTEN), _run(folder, "bare", "exact", _BARS * 2)
    a_trade = (busy["cpu"] - still["cpu"]) / busy["trades"] * 1e6
    return [
        Row("risk desk, one intent", timed["desk"] * 1e6, "us", a_trade, "bare engine, one trade", aim=40),
        Row("sizing and rules, caches warm", timed["again"] * 1e6, "us", a_trade, "bare engine, one trade"),
    ]


def _millionth(folder: str) -> float:
    with tempfile.TemporaryDirectory(dir=folder) as larger:
        make_catalog(Path(larger), 1_000_000)
        return _run(larger, "stack", "exact", _EVERY)["peak"]


def _best(folder: str, how: str, realism: str) -> dict[str, float]:
    return min((_run(folder, how, realism, _EVERY) for _ in range(3)), key=lambda found: found["cpu"])


def _run(folder: str, how: str, realism: str, every: int) -> dict[str, float]:
    child = subprocess.Popen(
        [sys.executable, "-m", "bench.worker", folder, how, realism, str(every)],
        stdout=subprocess.PIPE,
    )
    said = child.stdout.read() if child.stdout else b""
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"bench.worker {how} {realism} ended with {child.returncode}")
    found: dict[str, float] = json.loads(said)
    return found | {"peak": _megabytes(used)}


def _megabytes(used: resource.struct_rusage) -> float:
    return used.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


def make_catalog(place: Path, bars: int) -> None:
    """Make a catalog of one-minute bars of a random walk."""
    from bench.worker import NAME
    from tradingbot.core.market.catalog.catalog import Catalog
    from tradingbot.core.market.columns import Bars, PriceSide
    from tradingbot.core.market.instruments.listings import load_listing
    from tradingbot.core.market.series import Step

    step = Step.parse("1m")
    random = np.random.default_rng(7)
    close = np.round(40_000 * np.exp(np.cumsum(random.normal(0, 2e-4, bars))), 1)
    opened = np.concatenate([close[:1], close[:-1]])
    ts = 1_609_459_200_000_000_000 + np.arange(1, bars + 1, dtype=np.int64) * step.ns
    wick = np.round(np.abs(random.normal(0, 3, bars)), 1)
    made = Bars(
        ts, opened, np.maximum(opened, close) + wick, np.minimum(opened, close) - wick, close, np.full(bars, 50.0)
    )
    Catalog(place, create=True).write_bars(load_listing(NAME).instrument, step, PriceSide.LAST, made)
