# file: core/market/synthetic/options.py
"""Synthetic US share and its weekly options: session bars, overnight gaps, implied volatility over realised.

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
from scipy.special import ndtr

from tradingbot.core.arrays import BoolArray, Floats, Ints
from tradingbot.core.errors import BadInput
from tradingbot.core.market.calendars.hours import offsets, usequity_hours
from tradingbot.core.market.calendars.sessions import USEQUITY
from tradingbot.core.market.columns import Bars, Quotes, Trades
from tradingbot.core.market.instruments.listings import load_listing, option_contract
from tradingbot.core.market.synthetic import paths
from tradingbot.core.time import DAY, MINUTE

_HALF_HOUR = 30 * MINUTE
_OVERNIGHT = 0.25
_YEAR_NS = 365 * DAY
_LISTED_NS = 45 * DAY
_BELOW, _ABOVE = 0.91, 1.05
_PREMIUM = 1.3
_RETURN_RATE = math.log(2) * 365 / 14

# First price, daily volatility, shares in fifteen minutes.
_SHARES = {
    "SPY": (600.0, 0.0090, 2e6),
    "QQQ": (520.0, 0.0120, 1.5e6),
    "IWM": (220.0, 0.0125, 8e5),
    "AAPL": (230.0, 0.017, 2e6),
}


@dataclass(frozen=True, slots=True)
class Share:
    """A share's bars, trades and what moves its options: annual variance at each bar's end, and its usual level."""

    underlying_id: str
    bars: Bars
    trades: Trades
    variance: Floats
    usual: float


def share(seed: int, symbol: str, start_ns: int, days: int, step_ns: int) -> Share:
    """Return `days` of one share from `start_ns` in the US equity session; falls raise its volatility.

    Raises BadInput when the share is none of those it knows, or the step does not divide half an hour.
    """
    if symbol not in _SHARES:
        raise BadInput(f"synthetic share was {symbol!r}, allowed are {', '.join(_SHARES)}")
    if step_ns <= 0 or _HALF_HOUR % step_ns:
        raise BadInput(f"step was {step_ns} ns, allowed is what divides half an hour")
    first, daily_vol, traded = _SHARES[symbol]
    rng = paths.generator(seed, "share", symbol)
    ts, opening = _stamps(start_ns, days, step_ns)
    per_day = 13 * _HALF_HOUR / step_ns
    model = paths.VolatilityModel(daily_vol, slow_days=10.0, fast=0.15, fast_days=0.5, leverage=-0.5, jump_days=60.0)
    shocks = paths.student_t_shocks(rng, len(ts), model.freedom)
    leaps = paths.jumps(rng, model, len(ts), per_day)
    relative = np.exp(paths.log_volatility(rng, model, shocks, per_day, leaps))
    pace = _season(ts) * relative
    sigma = daily_vol * math.sqrt((1 - _OVERNIGHT) / per_day) * pace
    steps = sigma * shocks + leaps + 0.04 * daily_vol / per_day
    overnight = math.sqrt(_OVERNIGHT) * daily_vol * relative * paths.student_t_shocks(rng, len(ts), 4.0)
    gaps = np.where(opening, overnight, 0.0)
    gaps[0] = 0.0
    path = math.log(first) + np.cumsum(steps + gaps)
    underlying_id = f"{symbol}=STK.SMART"
    grid = paths.TickGrid(load_listing(underlying_id).instrument)
    size = paths.volumes(rng, traded * 26 / per_day, pace, shocks)
    made = paths.on_ticks(paths.bars(rng, ts, path - steps, path, sigma, size), grid)
    usual = daily_vol**2 * 252
    return Share(underlying_id, made, _trades(made, grid), usual * relative**2, usual)


def _stamps(start_ns: int, days: int, step_ns: int) -> tuple[Ints, BoolArray]:
    opens, closes = usequity_hours()
    kept = (opens >= start_ns) & (closes <= start_ns + days * DAY)
    count = (closes[kept] - opens[kept]) // step_ns
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(opens[kept], count) + (within + 1) * step_ns, within == 0


def _season(ts: Ints) -> Floats:
    """Return volatility over its mean by the time of day: a smile, high at the opening, lower at the close."""
    hour = (ts + offsets(ts)) % DAY / (2 * _HALF_HOUR) - 9.5
    return 0.75 + 0.9 * np.exp(-hour / 0.8) + 0.45 * np.exp((hour - 6.5) / 0.7)


def _trades(made: Bars, grid: paths.TickGrid) -> Trades:
    rose = np.where(made.close >= made.open, 1, -1).astype(np.int8)
    names = np.char.add("S", np.arange(len(made)).astype(np.str_))
    return Trades(made.ts, made.close, grid.size(made.volume / 100), rose, names)


def option_value(spot: Floats, strike: Floats, years: Floats, vol: Floats, call: BoolArray) -> Floats:
    """Return the value of calls and puts; arrays broadcast. Intrinsic where no time or no volatility is left.

    c = S N(d1) - K N(d2), p = c - S + K, d1 = (ln(S/K) + v^2 t / 2) / (v sqrt t), d2 = d1 - v sqrt t. Without interest
    and dividends early exercise is worth nothing, so this is the American value too.
    """
    spread = vol * np.sqrt(np.maximum(years, 0.0))
    known = np.maximum(spread, 1e-12)
    upper = np.log(spot / strike) / known + known / 2
    lasting = spot * ndtr(upper) - strike * ndtr(upper - known)
    intrinsic = np.maximum(spot - strike, 0.0)
    worth = np.where(spread > 1e-12, np.maximum(lasting, intrinsic), intrinsic)
    return np.where(call, worth, worth - spot + strike)


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
    rng = paths.generator(seed, "options", symbol)
    series = tuple(each for expiry in _expiries(under.bars) for each in _chain(rng, under, expiry))
    return OptionMarket(under.underlying_id, under.bars, under.trades, series)


def _implied(under: Share, years: Floats, distance: Floats, variance: Floats) -> Floats:
    # The skew: 9 % of volatility more per unit of distance below the money, as much less above, and a slight smile.
    return _money(under, years, variance) * (1 - 0.09 * distance + 0.015 * distance**2)


def _money(under: Share, years: Floats, variance: Floats) -> Floats:
    # At the money: 1.3 times the mean variance until expiry, which reverts to the usual one in 14 days by half.
    fade = -np.expm1(-_RETURN_RATE * years) / (_RETURN_RATE * years)
    return np.sqrt(_PREMIUM * (under.usual + (variance - under.usual) * fade))


def _expiries(made: Bars) -> list[int]:
    """Return the closes of the weeks' last sessions, from the first bar to 45 days after the last one."""
    first, last = int(made.ts[0]) // DAY, (int(made.ts[-1]) + _LISTED_NS) // DAY
    fridays = [day for day in range(first, last + 1) if (day + 3) % 7 == 4]
    return [USEQUITY.last_close(day) for day in fridays]


def _chain(rng: np.random.Generator, under: Share, expiry_ns: int) -> Iterator[OptionSeries]:
    ts = under.bars.ts
    rows = np.flatnonzero((ts % _HALF_HOUR == 0) & (ts > expiry_ns - _LISTED_NS) & (ts < expiry_ns))
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
        middle = option_value(spot, strikes, years, vol, np.array(right == "C"))
        half = (wide + 0.006 * middle) / 2
        for column, strike in enumerate(strikes.tolist()):
            exact = Decimal(str(strike))
            grid = paths.TickGrid(option_contract(under.underlying_id, expiry_ns, exact, right))
            kept = listed[:, column] & (middle[:, column] - half[:, column] >= grid.tick)
            if kept.any():
                made = _quotes(rng, ts[rows][kept], middle[kept, column], half[kept, column], grid)
                yield OptionSeries(expiry_ns, exact, right, made)


def _quotes(rng: np.random.Generator, ts: Ints, middle: Floats, half: Floats, grid: paths.TickGrid) -> Quotes:
    sizes = rng.integers(10, 200, (2, len(ts))).astype(np.float64)
    return Quotes(ts, grid.price(middle - half, -1), grid.price(middle + half, 1), sizes[0], sizes[1])
