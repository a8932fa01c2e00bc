# file: tests/core/validation/validationfixture.py
"""Homes with small markets: one with a planted reversion, one without any edge."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from tests.golden.catalogfixture import bars_along
from tradingbot.core.arrays import Floats
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import Funding, Marks, PriceSide
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.series import Step

BTC = "BTCUSDT-LINEAR.BYBIT"
FADER = "tests.core.validation.reversionstrategy:Fader"
_STEP = Step.parse("1h")


def planted(bars: int, seed: int = 1) -> Floats:
    """Return closes around a wandering level, which they come back to with a half-life of about seven bars."""
    rng = np.random.default_rng(seed)
    away = np.zeros(bars + 1)
    for bar in range(bars):
        away[bar + 1] = 0.9 * away[bar] + rng.normal(0, 0.006)
    return np.asarray(50_000 * np.exp(away + np.cumsum(rng.normal(0, 0.004, bars + 1))))


def walk(bars: int, seed: int = 1) -> Floats:
    """Return closes of a random walk."""
    return np.asarray(50_000 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.006, bars + 1))))


def settle(home: Path, closes: Floats, **fields: Any) -> Path:
    """Write a catalog of hourly bars and a backtest config of the Fader below `home`; return the config."""
    catalog = Catalog(home / "catalog" / "main", create=True)
    instrument = load_listing(BTC).instrument
    bars = bars_along(np.round(closes, 1), _STEP)
    catalog.write_bars(instrument, _STEP, PriceSide.LAST, bars)
    settled = bars.ts[bars.ts % (8 * _STEP.ns) == 0]
    catalog.write_marks(instrument, Marks(bars.ts, bars.close))
    catalog.write_funding(instrument, Funding(settled, np.zeros(len(settled)), np.full(len(settled), 480)))
    path = home / "fader.json"
    known = {
        "name": "fader",
        "catalog": "catalog/main",
        "lane": "cryptofutures",
        "instruments": [BTC],
        "bar": "1h",
        "equity": "10000 USDT",
        "strategies": [{"path": FADER, "params": {}}],
    }
    path.write_text(json.dumps(known | fields), encoding="utf-8")
    return path


def rewrite(path: Path, **fields: Any) -> None:
    """Put these fields into a JSON file."""
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | fields), encoding="utf-8")


def flip_byte(home: Path) -> None:
    """Change one byte of the largest data file of a home."""
    flip_middle(max((home / "catalog").rglob("*.parquet"), key=lambda path: path.stat().st_size))


def flip_middle(file: Path) -> None:
    """Change a byte in the middle of a file."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))
