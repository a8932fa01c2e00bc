# file: core/market/syntheticlearnable.py
"""A seeded synthetic market with something to learn: whether a move goes on depends on the volume it came with.

**Nothing found here is evidence about any real market.** The planted law is an interaction: what the price did over the
last bars continues when volume was high and comes back when it was low. Neither move nor volume says anything alone, so
a linear model of the two sees nothing. The idea is that of J. Campbell, S. Grossman and J. Wang, Trading volume and
serial correlation in stock returns, 1993 (with the sign of their effect turned for continuation).
"""

from __future__ import annotations

import math

import numpy as np

from tradingbot.core.errors import BadInput
from tradingbot.core.market.arrays import Bars, Floats
from tradingbot.core.market.instruments import load
from tradingbot.core.market.syntheticbars import Grid, bars, on_grid
from tradingbot.core.market.syntheticpath import Climate, ar1, generator, heavy, swings

__all__ = ["LEARNABLE", "learnable"]

LEARNABLE = "BTCUSDT-LINEAR.BYBIT"
"""The instrument whose prices and sizes have the market's steps."""

_FIRST, _DAILY_VOL, _TRADED = 60_000.0, 0.025, 1_500.0
_RECENT, _USUAL = 12, 96
_DAY_NS = 86_400_000_000_000


def learnable(seed: int, start_ns: int, count: int, step_ns: int, edge: float) -> Bars:
    """Return `count` bars from `start_ns`, each `step_ns` long; equal arguments give equal bytes.

    `edge` is the largest drift of a bar in standard deviations of its return. With 0 the same shocks and volumes make a
    market in which nothing can be learned. The drift of the next bar is edge * tanh(z) * tanh(3 v), where z is the
    return of the last 12 bars over its usual size and v the log of their volume over that of the last 96.

    Raises
    ------
    BadInput
        When there are too few bars to have a usual volume, or the edge is negative.
    """
    if count <= _USUAL or step_ns <= 0:
        raise BadInput(f"bars were {count} of {step_ns} ns, allowed are more than {_USUAL} of a positive length")
    if not 0 <= edge < 1:
        raise BadInput(f"edge was {edge:g}, allowed is 0 up to 1 standard deviation of a bar")
    rng, per_day = generator(seed, "learnable"), _DAY_NS / step_ns
    climate = Climate(daily_vol=_DAILY_VOL)
    shocks = heavy(rng, count, climate.freedom)
    pace = np.exp(swings(rng, climate, shocks, per_day, np.zeros(count)))
    sigma = _DAILY_VOL / math.sqrt(per_day) * pace
    phi = 0.5 ** (1 / 24)
    crowd = ar1(math.sqrt(1 - phi**2) * rng.standard_normal(count), phi)
    volume = _TRADED / per_day * 24 * pace * np.exp(0.6 * crowd + 0.3 * rng.standard_normal(count))
    path = math.log(_FIRST) + np.concatenate([[0.0], np.cumsum(_returns(shocks, sigma, _surprise(volume), edge))])
    stamps = start_ns + step_ns * np.arange(1, count + 1)
    raw = bars(rng, stamps, path[:-1], path[1:], sigma, volume)
    return on_grid(raw, Grid(load(LEARNABLE).instrument))


def _surprise(volume: Floats) -> Floats:
    """Return the log of the last 12 bars' volume over that of the last 96, both per bar; 0 before there are 96."""
    total = np.concatenate([[0.0], np.cumsum(volume)])
    found = np.zeros(len(volume))
    recent = total[_USUAL:] - total[_USUAL - _RECENT : -_RECENT]
    found[_USUAL - 1 :] = np.log(recent / _RECENT) - np.log((total[_USUAL:] - total[:-_USUAL]) / _USUAL)
    return found


def _returns(shocks: Floats, sigma: Floats, surprise: Floats, edge: float) -> Floats:
    """Return log returns whose drift depends on the returns before: one after the other."""
    lean = np.tanh(3 * surprise).tolist()
    noise, sigmas = shocks.tolist(), sigma.tolist()
    found: list[float] = []
    moved = 0.0
    for place, (shock, scale) in enumerate(zip(noise, sigmas, strict=True)):
        drift = edge * math.tanh(moved / (scale * math.sqrt(_RECENT))) * lean[place - 1] if place >= _USUAL else 0.0
        found.append(scale * (drift + shock))
        moved += found[-1] - (found[-_RECENT - 1] if place >= _RECENT else 0.0)
    return np.array(found)
