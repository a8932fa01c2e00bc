# file: core/market/synthetic/paths.py
"""Synthetic price paths: fat-tailed shocks, clustered volatility, jumps, regimes, and bars on the tick."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.market.columns import Bars
from tradingbot.core.market.instruments.builders import precision
from tradingbot.core.market.instruments.listings import Instrument

_PLAIN, _REVERTING = 0, 2
_DECK = (1, 1, 1, -1, -1, -1, _REVERTING, _REVERTING, _REVERTING, _REVERTING, _PLAIN, _PLAIN)


@dataclass(frozen=True, slots=True)
class VolatilityModel:
    """How volatile a market is.

    `daily_vol` is the standard deviation of a day's return. The logarithm of volatility is the sum of a slow and a
    fast mean-reverting wave, each with an amplitude and a half-life in days; `leverage` is the correlation of a return
    with the change of volatility after it. A jump of about `jump_size` daily volatilities comes every `jump_days`.
    """

    daily_vol: float
    freedom: float = 5.0
    slow: float = 0.35
    slow_days: float = 6.0
    fast: float = 0.3
    fast_days: float = 0.15
    leverage: float = 0.0
    jump_days: float = 8.0
    jump_size: float = 0.5


@dataclass(frozen=True, slots=True)
class RegimePath:
    """What is planted, per bar.

    `trend` is -1, 0 or 1; `start` marks its first two hours; `calm` scales volatility (below 1 before a trend);
    `reverting` is the share of variance that fades again; `crowding` is the level the futures premium is drawn to.
    """

    trend: Floats
    start: Floats
    calm: Floats
    reverting: Floats
    crowding: Floats


def generator(seed: int, *names: str) -> np.random.Generator:
    """Return the random stream of these names: the same for a seed on every run and machine."""
    return np.random.default_rng([seed, *(zlib.crc32(name.encode()) for name in names)])


def student_t_shocks(rng: np.random.Generator, n: int, freedom: float) -> Floats:
    """Return n Student-t shocks of unit variance."""
    return rng.standard_t(freedom, n) * math.sqrt((freedom - 2) / freedom)


def ar1(shocks: Floats, phi: float) -> Floats:
    """Return x with x[t] = phi x[t-1] + shocks[t], x[-1] = 0, for 0 < phi < 1.

    Solved in blocks short enough that phi to the power of the block stays above 1e-8, each block by a cumulative sum.
    """
    n = len(shocks)
    block = max(1, min(n, int(18 / -math.log(phi))))
    rows = -(-n // block)
    padded = np.zeros(rows * block)
    padded[:n] = shocks
    power = phi ** np.arange(block)
    inner = np.cumsum(padded.reshape(rows, block) / power, axis=1) * power
    carry = 0.0
    for row in inner:
        row += carry * phi * power
        carry = row[-1]
    solved: Floats = inner.ravel()[:n]
    return solved


def decay_towards(target: Floats, half_life: float) -> Floats:
    """Return what follows `target` exponentially with a half-life in bars."""
    phi = 0.5 ** (1 / half_life)
    followed: Floats = ar1((target - target[0]) * (1 - phi), phi) + target[0]
    return followed


def log_volatility(
    rng: np.random.Generator, model: VolatilityModel, shocks: Floats, per_day: float, hits: Floats
) -> Floats:
    """Return the log of volatility over its mean just before each bar; `hits` (jumps) raise it for hours."""
    n = len(shocks)
    wave = np.zeros(n)
    for amplitude, days in ((model.slow, model.slow_days), (model.fast, model.fast_days)):
        phi = 0.5 ** (1 / (days * per_day))
        free = math.sqrt(1 - model.leverage**2) * rng.standard_normal(n) + model.leverage * shocks
        wave += ar1(free * amplitude * math.sqrt(1 - phi**2), phi)
    phi = 0.5 ** (1 / (model.fast_days * per_day))
    wave += ar1((hits != 0) * 0.7, phi)
    variance = model.slow**2 + model.fast**2
    return np.concatenate([[0.0], wave[:-1]]) - variance


def jumps(rng: np.random.Generator, model: VolatilityModel, n: int, per_day: float) -> Floats:
    """Return the log returns of rare jumps, zero elsewhere."""
    happens = rng.random(n) < 1 / (model.jump_days * per_day)
    return happens * rng.standard_normal(n) * model.jump_size * model.daily_vol


def regime_path(rng: np.random.Generator, n: int, per_day: float) -> RegimePath:
    """Return a plan of 3 to 9 day long stretches, dealt from shuffled decks so that no seed goes without a kind.

    Of twelve, three rise, three fall, four revert and two are plain noise.
    """
    made = RegimePath(*(np.zeros(n) for _ in range(5)))
    made.calm[:] = 1.0
    made.reverting[:] = 0.1
    at = 0
    deck: list[int] = []
    while at < n:
        deck = deck or rng.permutation(_DECK).tolist()
        kind = deck.pop()
        end = min(n, at + int(rng.uniform(3, 9) * per_day))
        if kind == _REVERTING:
            made.reverting[at:end] = 0.75
        elif kind != _PLAIN:
            made.trend[at:end] = kind
            made.start[at : at + max(1, int(per_day / 12))] = kind
            made.calm[max(0, at - int(per_day / 2)) : at] = 0.6
            made.crowding[at:end] = kind * (rng.random() < 0.6)
        at = end
    return made


class TickGrid:
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


def on_ticks(raw: Bars, grid: TickGrid) -> Bars:
    """Return bars on the instrument's steps, the range still holding open and close."""
    first, last = grid.price(raw.open), grid.price(raw.close)
    high = np.maximum(grid.price(raw.high), np.maximum(first, last))
    low = np.minimum(grid.price(raw.low), np.minimum(first, last))
    return Bars(raw.ts, first, high, low, last, grid.size(raw.volume))


def volumes(rng: np.random.Generator, mean: float, activity: Floats, moves: Floats) -> Floats:
    """Return volumes that grow with activity (volatility over its mean) and with the bar's own move in sigmas."""
    noise = np.exp(0.4 * rng.standard_normal(len(activity)) - 0.08)
    return mean * activity * (0.6 + 0.5 * np.minimum(np.abs(moves), 6)) * noise
