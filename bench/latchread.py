# file: bench/latchread.py
"""What it costs to look at the kill latch before every entry."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from timeit import repeat

from bench.row import Row
from tradingbot.core.execution.switches.killlatch import FileKillLatch
from tradingbot.core.lane import Lane

_LOOKS = 20_000
_KILLS = 50


def measure() -> list[Row]:
    """Time a look at an absent and at a present latch, against asking the system; and a kill that reaches the disk."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "state" / "switches"
        latch = FileKillLatch(Lane.FOREX, folder, time.time_ns)
        folder.mkdir(parents=True)
        absent, bare = _micros(latch.read), _micros(lambda: os.access(latch.path, os.F_OK))
        latch.kill("bench", "a look at a latch that is there")
        present, found = _micros(latch.read), _micros(lambda: os.lstat(latch.path))
        began = time.perf_counter()
        for number in range(_KILLS):
            FileKillLatch(Lane.FOREX, folder / str(number), time.time_ns).kill("bench", "one more")
        kill = (time.perf_counter() - began) / _KILLS
    return [
        Row("look at a latch, not killed", absent, "us", bare, "os.access", aim=3),
        Row("look at a latch, killed", present, "us", found, "os.lstat", aim=3),
        Row("kill a lane, to the disk", kill * 1e3, "ms"),
    ]


def _micros(look: Callable[[], object]) -> float:
    return min(repeat(look, number=_LOOKS, repeat=5)) / _LOOKS * 1e6
