# file: core/market/syntheticbars.py
"""Bars around a simulated path, on the instrument's price and size steps."""

from __future__ import annotations

import numpy as np

from tradingbot.core.market.arrays import Bars, Floats, Ints
from tradingbot.core.market.contracts import precision
from tradingbot.core.market.instruments import Instrument

__all__ = ["Grid", "bars", "on_grid", "volumes"]


class Grid:
    """Round to the steps of one instrument."""

    def __init__(self, instrument: Instrument) -> None:
        price, size = instrument.price_increment.as_decimal(), instrument.size_increment.as_decimal()
        self.tick, self._digits = float(price), precision(price)
        self.step, self._size_digits = float(size), precision(size)

    def price(self, value: Floats, direction: int = 0) -> Floats:
        """Return prices on the tick: the nearest, or the next below (-1) or above (1); at least one tick."""
        ticks = value / self.tick
        rounded = (np.floor(ticks + 1e-9), np.round(ticks), np.ceil(ticks - 1e-9))[direction + 1]
        return np.round(np.maximum(rounded, 1) * self.tick, self._digits)

    def size(self, value: Floats) -> Floats:
        """Return quantities on the size step, at least one step."""
        return np.round(np.maximum(np.round(value / self.step), 1) * self.step, self._size_digits)


def bars(rng: np.random.Generator, ts: Ints, opens: Floats, closes: Floats, sigma: Floats, volume: Floats) -> Bars:
    """Return bars between log prices `opens` and `closes`, not yet on the tick.

    Highs and lows are drawn from the exact law of the maximum of a Brownian bridge with standard deviation `sigma`:
    (o + c + sqrt((c - o)^2 - 2 sigma^2 ln U)) / 2.
    """
    squared = (closes - opens) ** 2
    spread = -2 * sigma**2
    high = (opens + closes + np.sqrt(squared + spread * np.log(1 - rng.random(len(ts))))) / 2
    low = (opens + closes - np.sqrt(squared + spread * np.log(1 - rng.random(len(ts))))) / 2
    return Bars(ts, np.exp(opens), np.exp(high), np.exp(low), np.exp(closes), volume)


def on_grid(raw: Bars, grid: Grid) -> Bars:
    """Return bars on the instrument's steps, the range still holding open and close."""
    first, last = grid.price(raw.open), grid.price(raw.close)
    high = np.maximum(grid.price(raw.high), np.maximum(first, last))
    low = np.minimum(grid.price(raw.low), np.minimum(first, last))
    return Bars(raw.ts, first, high, low, last, grid.size(raw.volume))


def volumes(rng: np.random.Generator, mean: float, activity: Floats, moves: Floats) -> Floats:
    """Return volumes that grow with activity (volatility over its mean) and with the bar's own move in sigmas."""
    noise = np.exp(0.4 * rng.standard_normal(len(activity)) - 0.08)
    return mean * activity * (0.6 + 0.5 * np.minimum(np.abs(moves), 6)) * noise
