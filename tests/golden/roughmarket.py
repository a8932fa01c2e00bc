# file: tests/golden/roughmarket.py
"""Rough weather for a market: heavy tails, gaps, holes, thin and empty bars, sides that do not match."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tests.golden.catalogfixture import MONDAY
from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.market.columns import Bars, Quotes
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.series import Step

__all__ = ["apart", "between", "holes", "put", "rough"]

_FIRST = {
    "BTCUSDT-LINEAR.BYBIT": 40_000.0, "ETHUSDT-LINEAR.BYBIT": 3_000.0,
    "BTCUSDT-SPOT.BYBIT": 40_000.0, "ETHUSDT-SPOT.BYBIT": 3_000.0,
    "EUR/USD.IDEALPRO": 1.1, "USD/JPY.IDEALPRO": 150.0, "EUR/JPY.IDEALPRO": 165.0, "SPY=STK.SMART": 600.0,
}  # fmt: skip


def rough(rng: np.random.Generator, name: str, rows: int, step: Step, vol: float) -> Bars:
    """Return bars on the tick with heavy tails, wicks, gaps at opens, and volumes from nothing to plenty."""
    tick = float(load_listing(name).instrument.price_increment)
    closes = _FIRST[name] * np.exp(np.cumsum(rng.standard_t(3, rows + 1) * vol))
    opens = closes[:-1] * np.exp(np.where(rng.random(rows) < 0.1, rng.normal(0, vol, rows), 0))
    reach = 1 + vol * rng.random((2, rows))
    high, low = np.maximum(opens, closes[1:]) * reach[0], np.minimum(opens, closes[1:]) / reach[1]
    ts = MONDAY + step.ns * np.arange(1, rows + 1, dtype=np.int64)
    volume = np.where(rng.random(rows) < 0.05, 0, np.round(10 ** rng.uniform(-1, 3, rows), 3))
    return _bars(ts, (_on_tick(prices, tick) for prices in (opens, high, low, closes[1:])), volume)


def holes(rng: np.random.Generator, bars: Bars, late: int) -> Bars:
    """Return bars of which one in 25 is missing, and the first `late`."""
    kept = rng.random(len(bars)) > 0.04
    kept[:late] = False
    return bars.take(kept)


def apart(rng: np.random.Generator, bars: Bars, tick: float) -> tuple[Bars, Bars]:
    """Return bid and ask bars some ticks beside the middle, each without a few bars the other has."""
    half = np.ceil(rng.exponential(3, len(bars))) * tick
    found = []
    for sign in (-1, 1):
        prices = (_on_tick(part + sign * half, tick) for part in (bars.open, bars.high, bars.low, bars.close))
        found.append(_bars(bars.ts, prices, bars.volume).take(rng.random(len(bars)) > 0.02))
    return found[0], found[1]


def between(bid: Bars, ask: Bars) -> Bars:
    """Return the middle of bars that both sides have."""
    low, high = bid.take(np.isin(bid.ts, ask.ts)), ask.take(np.isin(ask.ts, bid.ts))
    middle = ((getattr(low, name) + getattr(high, name)) / 2 for name in ("open", "high", "low", "close"))
    return _bars(low.ts, middle, low.volume)


def put(rng: np.random.Generator, strike: int, ts: Ints, spot: Floats, expiry: int) -> Quotes:
    """Return quotes of a put: what it would pay, and something for the time left."""
    value = np.maximum(strike - spot, 0) + 6 * np.exp(-np.abs(strike - spot) / 15) * np.sqrt((expiry - ts) / 1e15)
    bid = np.maximum(np.round(value, 2), 0.02)
    sizes = rng.integers(10, 200, (2, len(ts))).astype(np.float64)
    return Quotes(ts, bid, np.round(bid * 1.02 + 0.01, 2), sizes[0], sizes[1])


def _on_tick(prices: Floats, tick: float) -> Floats:
    return np.round(np.round(prices / tick) * tick, 6)


def _bars(ts: Ints, prices: Iterable[Floats], volume: Floats) -> Bars:
    opens, high, low, closes = prices
    return Bars(ts, opens, high, low, closes, volume)
