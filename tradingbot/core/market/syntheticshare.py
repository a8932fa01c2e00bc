# file: core/market/syntheticshare.py
"""A synthetic US share: session bars, gaps over night, and a trade at each bar's close. See `synthetic.py` first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from tradingbot.core.errors import BadInput
from tradingbot.core.market.arrays import Bars, Floats, Ints, Trades
from tradingbot.core.market.hours import offsets, usequity_hours
from tradingbot.core.market.instruments import load
from tradingbot.core.market.syntheticbars import Grid, bars, on_grid, volumes
from tradingbot.core.market.syntheticpath import Climate, generator, heavy, jumps, swings

__all__ = ["HALF_HOUR_NS", "Share", "share"]

HALF_HOUR_NS = 1_800_000_000_000
_DAY_NS = 48 * HALF_HOUR_NS
_OVERNIGHT = 0.25

# First price, daily volatility, shares in fifteen minutes.
_SHARES = MappingProxyType(
    {
        "SPY": (600.0, 0.0090, 2e6),
        "QQQ": (520.0, 0.0120, 1.5e6),
        "IWM": (220.0, 0.0125, 8e5),
        "AAPL": (230.0, 0.017, 2e6),
    }
)


@dataclass(frozen=True, slots=True)
class Share:
    """A share's bars, trades and what moves its options: annual variance at each bar's end, and its usual level."""

    underlying_id: str
    bars: Bars
    trades: Trades
    variance: Floats
    usual: float


def share(seed: int, symbol: str, start_ns: int, days: int, step_ns: int) -> Share:
    """Return `days` of one share from `start_ns` in the US equity session; falls make it wilder.

    Raises
    ------
    BadInput
        When the share is none of those it knows, or the step does not divide half an hour.
    """
    if symbol not in _SHARES:
        raise BadInput(f"synthetic share was {symbol!r}, allowed are {', '.join(_SHARES)}")
    if step_ns <= 0 or HALF_HOUR_NS % step_ns:
        raise BadInput(f"step was {step_ns} ns, allowed is what divides half an hour")
    first, daily_vol, traded = _SHARES[symbol]
    rng = generator(seed, "share", symbol)
    ts, opening = _stamps(start_ns, days, step_ns)
    per_day = 13 * HALF_HOUR_NS / step_ns
    climate = Climate(daily_vol, slow_days=10.0, fast=0.15, fast_days=0.5, leverage=-0.5, jump_days=60.0)
    shocks = heavy(rng, len(ts), climate.freedom)
    leaps = jumps(rng, climate, len(ts), per_day)
    wild = np.exp(swings(rng, climate, shocks, per_day, leaps))
    pace = _season(ts) * wild
    sigma = daily_vol * math.sqrt((1 - _OVERNIGHT) / per_day) * pace
    steps = sigma * shocks + leaps + 0.04 * daily_vol / per_day
    gaps = np.where(opening, math.sqrt(_OVERNIGHT) * daily_vol * wild * heavy(rng, len(ts), 4.0), 0.0)
    gaps[0] = 0.0
    path = math.log(first) + np.cumsum(steps + gaps)
    underlying_id = f"{symbol}=STK.SMART"
    grid = Grid(load(underlying_id).instrument)
    made = on_grid(bars(rng, ts, path - steps, path, sigma, volumes(rng, traded * 26 / per_day, pace, shocks)), grid)
    usual = daily_vol**2 * 252
    return Share(underlying_id, made, _trades(made, grid), usual * wild**2, usual)


def _stamps(start_ns: int, days: int, step_ns: int) -> tuple[Ints, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    opens, closes = usequity_hours()
    kept = (opens >= start_ns) & (closes <= start_ns + days * _DAY_NS)
    count = (closes[kept] - opens[kept]) // step_ns
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(opens[kept], count) + (within + 1) * step_ns, within == 0


def _season(ts: Ints) -> Floats:
    """Return volatility over its mean by the time of day: a smile, high at the opening, lower at the close."""
    hour = (ts + offsets(ts)) % _DAY_NS / (2 * HALF_HOUR_NS) - 9.5
    return 0.75 + 0.9 * np.exp(-hour / 0.8) + 0.45 * np.exp((hour - 6.5) / 0.7)


def _trades(made: Bars, grid: Grid) -> Trades:
    rose = np.where(made.close >= made.open, 1, -1).astype(np.int8)
    names = np.char.add("S", np.arange(len(made)).astype(np.str_))
    return Trades(made.ts, made.close, grid.size(made.volume / 100), rose, names)
