# file: tests/golden/stage.py
"""A small market of a test's own making, and runs on it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tradingbot import backtest as door
from tradingbot.core.market.arrays import Bars, PriceSide
from tradingbot.core.market.catalog import Catalog
from tradingbot.core.market.instruments import load
from tradingbot.core.market.steps import Step
from tradingbot.core.runtime.summing import Drawn

__all__ = ["MONDAY", "Stage", "bars_along"]

MONDAY = 1_736_121_600_000_000_000
"""2025-01-06 00:00 UTC."""


def bars_along(
    closes: Sequence[float], step: Step, start: int = MONDAY, wick: float = 0.0, volume: float = 1e6
) -> Bars:
    """Return bars from one close to the next with wicks of a fraction of the price on both sides."""
    path = np.asarray(closes, np.float64)
    opens, after = path[:-1], path[1:]
    top, bottom = np.maximum(opens, after) * (1 + wick), np.minimum(opens, after) * (1 - wick)
    ts = start + step.ns * np.arange(1, len(path), dtype=np.int64)
    return Bars(ts, opens, top, bottom, after, np.full(len(after), volume))


class Stage:
    """A home with a catalog."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.catalog = Catalog(home / "catalog" / "main", create=True)

    def bars(self, name: str, step: Step, bars: Bars, side: PriceSide = PriceSide.LAST) -> None:
        """Write bars of an instrument."""
        self.catalog.write_bars(load(name).instrument, step, side, bars)

    def config(self, **fields: Any) -> Path:
        """Write a backtest config."""
        path = self.home / "play.json"
        path.write_text(json.dumps({"name": "play", "catalog": str(self.catalog.path)} | fields))
        return path

    def play(self, cues: Sequence[Mapping[str, Any]], **fields: Any) -> Drawn:
        """Run the puppet by these cues."""
        spec = {"path": "tests.golden.puppet:Puppet", "params": {"cues": list(cues)}}
        return door.backtest(door.plan(self.config(**({"strategies": [spec]} | fields))))
