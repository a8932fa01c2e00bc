# file: core/market/synthetic/learnable.py
"""Synthetic market with predictable returns: momentum in low volatility, mean reversion in high.

**Nothing found here is evidence about any real market.** The planted law is an interaction: what the price did lately
continues while volatility is below its usual level and reverts above it. Neither says anything about the direction
alone, so that a linear model of the two sees nothing. The idea is that of B. LeBaron, Some relations between volatility
and serial correlations in stock market returns, 1992; the size of the effect is made up.
"""

from __future__ import annotations

import math

import numpy as np

from tradingbot.core.arrays import Floats
from tradingbot.core.errors import BadInput
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import Bars, Funding, PriceSide
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.series import Step
from tradingbot.core.market.synthetic import paths
from tradingbot.core.time import DAY, HOUR, MINUTE

LEARNABLE = "BTCUSDT-LINEAR.BYBIT"
"""The instrument whose prices and sizes have the market's steps."""

_FIRST, _DAILY_VOL, _TRADED = 60_000.0, 0.025, 36_000.0
_RECENT, _SHORT, _USUAL = 24, 12, 96
_FUNDING_NS, _INTEREST = 8 * HOUR, 0.0001


def learnable(seed: int, start_ns: int, count: int, step_ns: int, edge: float) -> Bars:
    """Return `count` bars from `start_ns`, each `step_ns` long; equal arguments give equal bytes.

    `edge` is the largest drift of a bar in standard deviations of its return. With 0 the same shocks make a market in
    which nothing can be learned. The drift of the next bar is -edge * tanh(z) * tanh(4 v), where z is the return of the
    last 24 bars over its usual size and v the log of volatility in the last 12 over that in the last 96.

    Raises BadInput when there are too few bars to have a usual volatility, or the edge is not from 0 to below 1.
    """
    if count <= _USUAL or step_ns <= 0:
        raise BadInput(f"bars were {count} of {step_ns} ns, allowed are more than {_USUAL} of a positive length")
    if not 0 <= edge < 1:
        raise BadInput(f"edge was {edge:g}, allowed is 0 up to 1 standard deviation of a bar")
    rng, per_day = paths.generator(seed, "learnable"), DAY / step_ns
    # The fast wave of volatility is what decides; its half-life is a day of 24 bars, however long they are.
    model = paths.VolatilityModel(
        daily_vol=_DAILY_VOL, slow=0.2, slow_days=480 / per_day, fast=0.5, fast_days=24 / per_day
    )
    shocks = paths.student_t_shocks(rng, count, model.freedom)
    pace = np.exp(paths.log_volatility(rng, model, shocks, per_day, np.zeros(count)))
    sigma = _DAILY_VOL / math.sqrt(per_day) * pace
    returns = _returns(shocks, sigma, _excess(sigma), edge)
    path = math.log(_FIRST) + np.concatenate([[0.0], np.cumsum(returns)])
    size = paths.volumes(rng, _TRADED / per_day, pace, shocks)
    stamps = start_ns + step_ns * np.arange(1, count + 1)
    raw = paths.bars(rng, stamps, path[:-1], path[1:], sigma, size)
    return paths.on_ticks(raw, paths.TickGrid(load_listing(LEARNABLE).instrument))


def write_learnable(catalog: Catalog, step: Step, market: Bars) -> None:
    """Write bars of `LEARNABLE` with their funding: where nobody crowds, the interest of 0.01 % in eight hours."""
    instrument, due = load_listing(LEARNABLE).instrument, market.ts[market.ts % _FUNDING_NS == 0]
    catalog.write_bars(instrument, step, PriceSide.LAST, market)
    catalog.write_funding(
        instrument, Funding(due, np.full(len(due), _INTEREST), np.full(len(due), _FUNDING_NS // MINUTE))
    )


def _excess(sigma: Floats) -> Floats:
    """Return the log of the volatility of the last 12 bars over that of the last 96, each itself included; 0 before."""
    total = np.concatenate([[0.0], np.cumsum(sigma**2)])
    excess = np.zeros(len(sigma))
    short = (total[_USUAL:] - total[_USUAL - _SHORT : -_SHORT]) / _SHORT
    excess[_USUAL - 1 :] = 0.5 * np.log(short / ((total[_USUAL:] - total[:-_USUAL]) / _USUAL))
    return excess


def _returns(shocks: Floats, sigma: Floats, excess: Floats, edge: float) -> Floats:
    """Return log returns, one after the other: each one's drift depends on those before."""
    lean = np.tanh(-4 * excess).tolist()
    returns: list[float] = []
    moved = 0.0
    for place, (shock, scale) in enumerate(zip(shocks.tolist(), sigma.tolist(), strict=True)):
        drift = edge * math.tanh(moved / (scale * math.sqrt(_RECENT))) * lean[place - 1] if place >= _USUAL else 0.0
        returns.append(scale * (drift + shock))
        moved += returns[-1] - (returns[-_RECENT - 1] if place >= _RECENT else 0.0)
    return np.array(returns)
