# file: core/validation/calibration/temporaryhome.py
"""Temporary home with one synthetic hourly market and a backtest config."""

from __future__ import annotations

import itertools
import json
import math
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tradingbot.core.config.home import SYNTHETIC
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import Bars, Funding, Marks, PriceSide
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.series import Step
from tradingbot.core.market.synthetic.paths import TickGrid, bars, on_ticks

INSTRUMENT = "BTCUSDT-LINEAR.BYBIT"
STEP = Step.parse("1h")
_START = 1_577_836_800_000_000_000
_FIRST, _HOURLY, _VOLUME = 20_000.0, 0.006, 1e6
# Of the log price's hourly variance, the share that comes back, with a half-life of about seven hours.
_PASSING, _KEPT = 0.8, 0.9
_NAMES = ("TRADINGBOT_HOME", "TRADINGBOT_SIGNING_KEY")


@contextmanager
def temporary_home() -> Iterator[Path]:
    """Make this process live in a new folder, its home, until the context is left; the folder is then deleted.

    Keys are made there too: the one the environment names is not used.
    """
    before, folder = {name: os.environ.pop(name, None) for name in _NAMES}, Path.cwd()
    try:
        with tempfile.TemporaryDirectory(prefix="tradingbot-") as made:
            home = Path(made).resolve()
            os.environ[_NAMES[0]] = str(home)
            os.chdir(home)
            try:
                yield home
            finally:
                os.chdir(folder)
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def hourly_bars(hours: int, edge: bool, rng: np.random.Generator) -> Bars:
    """Return bars of a random walk, or with an `edge` of one around which the price swings and comes back."""
    lasting = rng.standard_normal(hours) * _HOURLY
    path = np.cumsum(lasting)
    if edge:
        shocks = math.sqrt(_PASSING) * _HOURLY * rng.standard_normal(hours)
        path = math.sqrt(1 - _PASSING) * path + np.array(
            [*itertools.accumulate(shocks, lambda last, shock: _KEPT * last + shock)]
        )
    closes = math.log(_FIRST) + np.concatenate([[0.0], path])
    ts = _START + STEP.ns * np.arange(1, hours + 1, dtype=np.int64)
    spread, volume = np.full(hours, _HOURLY), np.full(hours, _VOLUME)
    return on_ticks(
        bars(rng, ts, closes[:-1], closes[1:], spread, volume), TickGrid(load_listing(INSTRUMENT).instrument)
    )


def write_market(home: Path, market: Bars, strategy: str, params: Mapping[str, Any]) -> Path:
    """Write the market and a backtest config of one strategy below `home`; return the config.

    Costs, latency and limits are the lane's own; funding is zero, for a constant rate would be an edge to shorts.
    """
    catalog = Catalog(home / "catalog" / "main", create=True)
    instrument = load_listing(INSTRUMENT).instrument
    catalog.write_bars(instrument, STEP, PriceSide.LAST, market)
    catalog.write_marks(instrument, Marks(market.ts, market.close))
    settled = market.ts[market.ts % (8 * STEP.ns) == 0]
    catalog.write_funding(instrument, Funding(settled, np.zeros(len(settled)), np.full(len(settled), 480)))
    (catalog.path / SYNTHETIC).write_text("Made by `tradingbot calibrate`. Evidence of nothing.\n", encoding="utf-8")
    path = home / "calibration.json"
    config = {
        "name": "calibration",
        "catalog": "catalog/main",
        "lane": "cryptofutures",
        "instruments": [INSTRUMENT],
        "bar": "1h",
        "equity": "10000 USDT",
        "strategies": [{"path": strategy, "params": dict(params)}],
    }
    path.write_text(json.dumps(config), encoding="utf-8")
    return path
