# file: core/market/synthetic/forex.py
"""Synthetic forex as pairs of bid and ask bars: sessions, weekends, spreads by the hour."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.errors import BadInput
from tradingbot.core.market.calendars.hours import forex_due, offsets
from tradingbot.core.market.calendars.sessions import FOREX
from tradingbot.core.market.columns import Bars
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.synthetic import paths
from tradingbot.core.time import DAY, HOUR, SECOND

# First price, daily volatility, weight of the common dollar shock, usual spread as a fraction.
_PAIRS = {
    "EUR/USD": (1.10, 0.0048, -0.7, 0.00005),
    "GBP/USD": (1.28, 0.0055, -0.6, 0.00007),
    "AUD/USD": (0.66, 0.0060, -0.6, 0.00010),
    "USD/JPY": (148.0, 0.0056, 0.6, 0.00006),
    "USD/CHF": (0.88, 0.0050, 0.6, 0.00010),
    "USD/CAD": (1.36, 0.0042, 0.5, 0.00009),
}

# Volatility and spread over their means by the hour in New York, whose clock the forex day follows.
_PACE = np.array([6, 7, 9, 13, 14, 13, 12, 12, 16, 16, 15, 13, 10, 8, 7, 6, 5, 3, 4, 5, 6, 6, 6, 6]) / 10.0
_WIDTH = np.array([12, 11, 10, 9, 9, 9, 9, 9, 9, 9, 9, 9, 10, 10, 11, 12, 18, 40, 18, 14, 13, 13, 13, 12]) / 10.0


@dataclass(frozen=True, slots=True)
class ForexMarket:
    """One pair's bid and ask bars at the same stamps; volume is in base units, the same on both sides."""

    instrument_id: str
    bid: Bars
    ask: Bars


def forex(seed: int, pair: str, start_ns: int, days: int, step_ns: int) -> ForexMarket:
    """Return `days` of one pair from `start_ns` in the forex session; pairs of one seed share the dollar's shocks.

    Raises BadInput when the pair is none of those it knows, or the step is not from a second to an hour.
    """
    if pair not in _PAIRS:
        raise BadInput(f"synthetic pair was {pair!r}, allowed are {', '.join(_PAIRS)}")
    if not SECOND <= step_ns <= HOUR:
        raise BadInput(f"step was {step_ns} ns, allowed is from a second to an hour")
    first, daily_vol, dollar, spread = _PAIRS[pair]
    ts = _stamps(start_ns, days, step_ns)
    per_day = 23.75 * HOUR / step_ns
    hour = (ts + offsets(ts) - 1) % DAY // HOUR
    market, rng = paths.generator(seed, "forex"), paths.generator(seed, "forex", pair)
    model = paths.VolatilityModel(daily_vol, freedom=4.5, jump_days=15.0, jump_size=0.4)
    common = paths.student_t_shocks(market, len(ts), model.freedom)
    waves = paths.log_volatility(market, model, common, per_day, np.zeros(len(ts)))
    pace = _PACE[hour] / math.sqrt(float(np.mean(_PACE**2))) * np.exp(waves)
    sigma = daily_vol / math.sqrt(per_day) * pace
    shocks = dollar * common + math.sqrt(1 - dollar**2) * paths.student_t_shocks(rng, len(ts), model.freedom)
    fading = np.where((hour >= 19) | (hour < 2), 0.6, 0.05)
    kept = sigma * np.sqrt(1 - fading) * shocks + paths.jumps(rng, model, len(ts), per_day)
    kept += _morning(rng, ts, hour, per_day) * daily_vol
    brief = sigma * np.sqrt(fading) * paths.student_t_shocks(rng, len(ts), model.freedom)
    passing = paths.ar1(brief, 0.5 ** (12 / per_day))
    closes = math.log(first) + np.cumsum(kept) + passing
    opens = np.concatenate([[math.log(first)], closes[:-1]]) + _weekend(rng, ts) * daily_vol
    size = paths.volumes(rng, 3e7 * 288 / per_day, pace, (closes - opens) / sigma)
    mid = paths.bars(rng, ts, opens, closes, sigma, size)
    width = spread * _WIDTH[hour] * np.exp(0.4 * waves + 0.15 * rng.standard_normal(len(ts)))
    return _sides(f"{pair}.IDEALPRO", mid, width)


def _stamps(start_ns: int, days: int, step_ns: int) -> Ints:
    ts = start_ns + step_ns * np.arange(1, int(days * DAY // step_ns) + 1)
    opens, closes = forex_due()
    today = np.maximum(np.searchsorted(opens, ts - step_ns, side="right") - 1, 0)
    inside: Ints = ts[(opens[today] <= ts - step_ns) & (ts <= closes[today])]
    return inside


def _morning(rng: np.random.Generator, ts: Ints, hour: Ints, per_day: float) -> Floats:
    """Return the planted pushes: 0.5 of a day's volatility from 03:00 to 06:00 in New York on 60 % of the days."""
    days, index = np.unique(FOREX.day(ts), return_inverse=True)
    push = rng.choice([-0.5, 0.0, 0.5], len(days), p=[0.3, 0.4, 0.3])
    return np.where((hour >= 3) & (hour < 6), push[index] / (3 / 23.75 * per_day), 0.0)


def _weekend(rng: np.random.Generator, ts: Ints) -> Floats:
    """Return the jumps of the first bar of each week, in daily volatilities."""
    after = np.concatenate([[False], np.diff(ts) > 2 * HOUR])
    return np.where(after, 0.3 * rng.standard_normal(len(ts)), 0.0)


def _sides(instrument_id: str, mid: Bars, width: Floats) -> ForexMarket:
    grid = paths.TickGrid(load_listing(instrument_id).instrument)
    volume = grid.size(mid.volume)
    bid, ask = (
        Bars(
            mid.ts,
            grid.price(mid.open * (1 + side * width / 2), side),
            grid.price(mid.high * (1 + side * width / 2), side),
            grid.price(mid.low * (1 + side * width / 2), side),
            grid.price(mid.close * (1 + side * width / 2), side),
            volume,
        )
        for side in (-1, 1)
    )
    return ForexMarket(instrument_id, bid, ask)
