# file: core/market/syntheticoptions.py
"""Quotes of a synthetic share's weekly options. See `synthetic.py` first.

Quotes come every half hour in session. A contract is listed once its expiry is at most 45 days away and its strike
from 9 % below to 5 % above the share, and is then quoted until the last half hour before it expires, while its bid is
at least a tick. Interest and dividends are zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np

from tradingbot.core.market.arrays import Bars, Floats, Ints, Quotes, Trades
from tradingbot.core.market.blackscholes import value
from tradingbot.core.market.instruments import option_contract
from tradingbot.core.market.sessions import USEQUITY
from tradingbot.core.market.syntheticbars import Grid
from tradingbot.core.market.syntheticpath import generator
from tradingbot.core.market.syntheticshare import HALF_HOUR_NS, Share, share

__all__ = ["OptionMarket", "OptionSeries", "options"]

_DAY_NS = 48 * HALF_HOUR_NS
_YEAR_NS = 365 * _DAY_NS
_LISTED_NS = 45 * _DAY_NS
_BELOW, _ABOVE = 0.91, 1.05
_PREMIUM = 1.3
_RETURN_RATE = math.log(2) * 365 / 14


@dataclass(frozen=True, slots=True)
class OptionSeries:
    """One contract's quotes; `expiry_ns` is the close of its last day."""

    expiry_ns: int
    strike: Decimal
    right: Literal["C", "P"]
    quotes: Quotes


@dataclass(frozen=True, slots=True)
class OptionMarket:
    """A share's bars, a trade at each bar's close (the engine settles options on trades), and its options."""

    underlying_id: str
    bars: Bars
    trades: Trades
    series: tuple[OptionSeries, ...]


def options(seed: int, symbol: str, start_ns: int, days: int, step_ns: int) -> OptionMarket:
    """Return `days` of one share and its options from `start_ns`, in the US equity session; errors as in `share`."""
    under = share(seed, symbol, start_ns, days, step_ns)
    rng = generator(seed, "options", symbol)
    chains = (_chain(rng, under, expiry) for expiry in _expiries(under.bars))
    return OptionMarket(
        under.underlying_id, under.bars, under.trades, tuple(each for chain in chains for each in chain)
    )


def _implied(under: Share, years: Floats, distance: Floats, variance: Floats) -> Floats:
    # The skew: 9 % of volatility more per unit of distance below the money, as much less above, and a slight smile.
    return _money(under, years, variance) * (1 - 0.09 * distance + 0.015 * distance**2)


def _money(under: Share, years: Floats, variance: Floats) -> Floats:
    # At the money: 1.3 times the mean variance until expiry, which reverts to the usual one in 14 days by half.
    fade = -np.expm1(-_RETURN_RATE * years) / (_RETURN_RATE * years)
    return np.sqrt(_PREMIUM * (under.usual + (variance - under.usual) * fade))


def _expiries(made: Bars) -> list[int]:
    """Return the closes of the weeks' last sessions, from the first bar to 45 days after the last one."""
    first, last = int(made.ts[0]) // _DAY_NS, (int(made.ts[-1]) + _LISTED_NS) // _DAY_NS
    fridays = [day for day in range(first, last + 1) if (day + 3) % 7 == 4]
    return [USEQUITY.last_close(day) for day in fridays]


def _chain(rng: np.random.Generator, under: Share, expiry_ns: int) -> Iterator[OptionSeries]:
    ts = under.bars.ts
    rows = np.flatnonzero((ts % HALF_HOUR_NS == 0) & (ts > expiry_ns - _LISTED_NS) & (ts < expiry_ns))
    if not len(rows):
        return
    spot = under.bars.close[rows, None]
    apart = 10 ** math.floor(math.log10(spot[0, 0]) - 2) * 5
    strikes = np.arange(math.ceil(spot.min() * _BELOW / apart), math.floor(spot.max() * _ABOVE / apart) + 1) * apart
    listed = np.logical_or.accumulate((strikes >= _BELOW * spot) & (strikes <= _ABOVE * spot), axis=0)
    years = (expiry_ns - ts[rows, None]) / _YEAR_NS
    variance = under.variance[rows, None]
    distance = np.clip(np.log(strikes / spot) / (_money(under, years, variance) * np.sqrt(years)), -3.0, 3.0)
    vol = _implied(under, years, distance, variance)
    wide = np.sqrt(np.sqrt(variance / under.usual)) * (0.02 + 0.01 * np.abs(distance))
    rights: tuple[Literal["C", "P"], ...] = ("C", "P")
    for right in rights:
        middle = value(spot, strikes, years, vol, np.array(right == "C"))
        half = (wide + 0.006 * middle) / 2
        for column, strike in enumerate(strikes.tolist()):
            exact = Decimal(str(strike))
            grid = Grid(option_contract(under.underlying_id, expiry_ns, exact, right))
            kept = listed[:, column] & (middle[:, column] - half[:, column] >= grid.tick)
            if kept.any():
                made = _quotes(rng, ts[rows][kept], middle[kept, column], half[kept, column], grid)
                yield OptionSeries(expiry_ns, exact, right, made)


def _quotes(rng: np.random.Generator, ts: Ints, middle: Floats, half: Floats, grid: Grid) -> Quotes:
    sizes = rng.integers(10, 200, (2, len(ts))).astype(np.float64)
    return Quotes(ts, grid.price(middle - half, -1), grid.price(middle + half, 1), sizes[0], sizes[1])
