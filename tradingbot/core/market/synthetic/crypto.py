# file: core/market/synthetic/crypto.py
"""Synthetic crypto market, seeded: a coin's spot and perpetual with funding and marks, with planted edges.

**Nothing found here is evidence about any real market.** Edges are planted so that each kind of strategy has
something to find and its machinery can be seen at work:

- crypto: half of the time a trend of 0.5 daily volatilities a day for 3 to 9 days, after half a quiet day and a first
  push of 0.8 daily volatilities in two hours (trend following, breakouts); a third of the time three quarters of the
  variance fades with a half-life of 4 hours (mean reversion).
- perpetuals: the premium over spot reverts with a half-life of half a day to a level that is 0.0009 in most rising and
  -0.0008 in most falling trends and 0.0001 otherwise, and funding follows it (carry).
- forex: on 60 % of the days a push of 0.5 daily volatilities in the London morning, after a narrow night that reverts
  (session breakout).
- options: implied variance is 1.3 times the variance to be expected, with a skew (selling premium).

Otherwise: Student-t shocks, volatility that clusters, seasons of the day, jumps, volumes that follow volatility.
Everything is a function of the seed and the arguments: equal ones give equal bytes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.errors import BadInput
from tradingbot.core.market.columns import Bars, Funding, Marks
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.synthetic import paths
from tradingbot.core.time import DAY, HOUR

CAP = 0.005
_INTERVAL_NS = 8 * HOUR
_INTEREST = 0.0001
_CORRELATED = 0.65

# First price, daily volatility, and coins traded in five minutes.
_COINS = {
    "BTC": (60_000.0, 0.025, 120.0),
    "ETH": (3_000.0, 0.032, 1_600.0),
    "SOL": (150.0, 0.042, 20_000.0),
    "BNB": (600.0, 0.028, 1_500.0),
    "XRP": (2.0, 0.040, 900_000.0),
    "DOGE": (0.2, 0.045, 6_000_000.0),
}


@dataclass(frozen=True, slots=True)
class CryptoMarket:
    """One coin's spot and perpetual: bars at each step, funding every 8 hours, a mark price at each step."""

    spot_id: str
    perpetual_id: str
    spot: Bars
    perpetual: Bars
    marks: Marks
    funding: Funding


@dataclass(frozen=True, slots=True)
class _SharedFactors:
    """What all coins share."""

    plan: paths.RegimePath
    shocks: Floats
    fading: Floats
    waves: Floats
    leaps: Floats


def crypto(seed: int, coin: str, start_ns: int, days: int, step_ns: int) -> CryptoMarket:
    """Return `days` of one coin from `start_ns`; coins of one seed share trends, shocks and volatility.

    Raises BadInput when the coin is none of those it knows, or the step does not divide a day.
    """
    if coin not in _COINS:
        raise BadInput(f"synthetic coin was {coin!r}, allowed are {', '.join(_COINS)}")
    if step_ns <= 0 or (DAY // 3) % step_ns:
        raise BadInput(f"step was {step_ns} ns, allowed is what divides 8 hours")
    first, daily_vol, traded = _COINS[coin]
    per_day = DAY / step_ns
    ts = start_ns + step_ns * np.arange(1, int(days * per_day) + 1)
    shared = _shared_factors(seed, len(ts), per_day)
    rng = paths.generator(seed, "crypto", coin)
    pace = _season(ts) * np.exp(shared.waves) * shared.plan.calm
    sigma = daily_vol / math.sqrt(per_day) * pace
    steps = _steps(rng, shared, sigma, daily_vol, per_day)
    path = math.log(first) + np.concatenate([[0.0], steps])
    gap = _premium(paths.generator(seed, "premium", coin), shared.plan, per_day)
    moves = np.diff(path) / sigma
    spot_id, perpetual_id = f"{coin}USDT-SPOT.BYBIT", f"{coin}USDT-LINEAR.BYBIT"
    made = {}
    for name, instrument_id, shift, share in (("spot", spot_id, 0.0, 1.0), ("perpetual", perpetual_id, gap, 3.0)):
        own = paths.generator(seed, name, coin)
        size = paths.volumes(own, share * traded * 288 / per_day, pace, moves)
        raw = paths.bars(own, ts, (path + shift)[:-1], (path + shift)[1:], sigma, size)
        made[name] = paths.on_ticks(raw, paths.TickGrid(load_listing(instrument_id).instrument))
    grid = paths.TickGrid(load_listing(perpetual_id).instrument)
    fair = np.exp(path[1:] + paths.decay_towards(gap, per_day / 48)[1:])
    marks = Marks(ts, grid.price(fair))
    return CryptoMarket(spot_id, perpetual_id, made["spot"], made["perpetual"], marks, funding(ts, gap[1:]))


def funding(ts: Ints, gap: Floats) -> Funding:
    """Return the settlements at 00:00, 08:00 and 16:00 UTC after whole intervals of `gap`, the premium at each `ts`.

    rate = P + clamp(I - P, -0.0005, 0.0005) within +-0.005, with P the interval's mean premium and I = 0.0001.
    Source: Bybit's help page on the funding rate.
    """
    interval = -(-ts // _INTERVAL_NS)
    stamps, start, count = np.unique(interval, return_index=True, return_counts=True)
    mean = np.add.reduceat(gap, start) / count
    whole = count == count.max()
    rate = mean + np.clip(_INTEREST - mean, -0.0005, 0.0005)
    kept = np.round(np.clip(rate, -CAP, CAP), 8)[whole]
    return Funding(stamps[whole] * _INTERVAL_NS, kept, np.full(len(kept), 480, np.int64))


def _premium(rng: np.random.Generator, plan: paths.RegimePath, per_day: float) -> Floats:
    """Return the log premium of futures over spot before the first bar and after each one."""
    crowd = np.where(plan.crowding > 0, 0.0009, np.where(plan.crowding < 0, -0.0008, _INTEREST))
    phi = 0.5 ** (2 / per_day)
    noise = paths.ar1(rng.standard_normal(len(crowd)) * 0.00025 * math.sqrt(1 - phi**2), phi)
    after = paths.decay_towards(crowd, per_day / 2) + noise + rng.standard_normal(len(crowd)) * 0.00003
    return np.concatenate([[_INTEREST], after])


def _shared_factors(seed: int, n: int, per_day: float) -> _SharedFactors:
    rng = paths.generator(seed, "crypto")
    model = paths.VolatilityModel(daily_vol=1.0, leverage=-0.2)
    plan = paths.regime_path(rng, n, per_day)
    shocks, fading = paths.student_t_shocks(rng, n, model.freedom), paths.student_t_shocks(rng, n, model.freedom)
    leaps = paths.jumps(rng, model, n, per_day)
    return _SharedFactors(plan, shocks, fading, paths.log_volatility(rng, model, shocks, per_day, leaps), leaps)


def _steps(rng: np.random.Generator, shared: _SharedFactors, sigma: Floats, daily_vol: float, per_day: float) -> Floats:
    """Return the log price after each bar, from zero."""
    plan, n = shared.plan, len(sigma)
    common, alone = math.sqrt(_CORRELATED), math.sqrt(1 - _CORRELATED)
    lasting = common * shared.shocks + alone * paths.student_t_shocks(rng, n, 5.0)
    passing = common * shared.fading + alone * paths.student_t_shocks(rng, n, 5.0)
    drift = 0.5 * daily_vol / per_day * plan.trend + 0.8 * daily_vol / max(1, int(per_day / 12)) * plan.start
    kept = np.cumsum(drift + daily_vol * shared.leaps + sigma * np.sqrt(1 - plan.reverting) * lasting)
    return kept + paths.ar1(sigma * np.sqrt(plan.reverting) * passing, 0.5 ** (6 / per_day))


def _season(ts: Ints) -> Floats:
    """Return volatility over its mean by the time of day and week: high in the American morning, low on weekends."""
    hour = ts % DAY / HOUR
    daily = 1 + 0.45 * np.exp(-((hour - 14.5) ** 2) / 8) + 0.15 * np.exp(-((hour - 1) ** 2) / 2) - 0.12
    weekend = np.isin((ts // DAY + 3) % 7, (5, 6))
    return daily * np.where(weekend, 0.7, 1.0)
