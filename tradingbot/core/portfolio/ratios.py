# file: core/portfolio/ratios.py
"""Performance ratios of daily returns and trades, None where undefined, and which a small sample does not support."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.messages.smallsample import SmallSample
from tradingbot.core.portfolio.equity import EquityPoint, daily_equity, daily_returns
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.time import DAY, YEAR

LEAST_DAYS, LEAST_TRADES = 60, 30
_OF_DAYS = ("cagr", "sharpe", "sortino", "calmar", "cvar_5", "longest_drawdown_days")
_OF_TRADES = ("win_rate", "profit_factor", "expectancy", "expectancy_r", "average_trade")
RATIOS = (*_OF_DAYS, *_OF_TRADES)
# Below this a spread of returns is rounding noise of equal numbers.
_NOISE = 1e-12


@dataclass(frozen=True, slots=True)
class DailyRatios:
    """Ratios of an equity curve by its days: their `stamps` and `equity`, as `daily_equity` gives them, and the annual
    Sharpe and Sortino ratio and the daily CVaR. Reports and dashboard read nothing else."""

    stamps: Ints
    equity: Floats
    sharpe: float | None
    sortino: float | None
    cvar_5: float | None

    @classmethod
    def of(cls, points: Sequence[EquityPoint], days_per_year: int) -> DailyRatios:
        """Return the numbers of `points`, ascending in time, without what the owner put in or took out."""
        stamps, equity = daily_equity(points, days_per_year)
        returns = daily_returns(equity)
        return cls(stamps, equity, sharpe(returns, days_per_year), sortino(returns, days_per_year), cvar(returns))


def annual_ratio(mean: float, deviation: float, days_per_year: int) -> float | None:
    """Return mean / deviation * sqrt(days_per_year), the one place where a daily ratio becomes a yearly one. Both
    inputs are per day. None without a deviation. Source: Sharpe (1994), "The Sharpe Ratio", Journal of Portfolio
    Management 21(1), for returns without serial correlation."""
    return mean / deviation * math.sqrt(days_per_year) if deviation > _NOISE else None


def annual_growth(factor: float, elapsed: int) -> float | None:
    """Return the compound annual growth rate (CAGR) by calendar time: factor ** (year / elapsed) - 1. `factor` is end /
    start equity over `elapsed` ns; a year has 365.25 days, in every lane, since money grows on weekends too. None when
    the factor is not positive, less than a day passed, or the yearly number exceeds what a float holds."""
    if factor <= 0 or elapsed < DAY:
        return None
    power = math.log(factor) * YEAR / elapsed
    return math.expm1(power) if power < 700 else None


def sharpe(returns: Floats, days_per_year: int) -> float | None:
    """Return the annualised Sharpe ratio of daily `returns` against a riskless rate of zero. mean(r) / std(r, n - 1) *
    sqrt(days_per_year); Sharpe (1994). None with fewer than two returns or no variation."""
    if len(returns) < 2:
        return None
    return annual_ratio(float(returns.mean()), float(returns.std(ddof=1)), days_per_year)


def sortino(returns: Floats, days_per_year: int) -> float | None:
    """Return the annualised Sortino ratio of daily `returns` against a target of zero. mean(r) / sqrt(mean(min(r,
    0)^2)) * sqrt(days_per_year), all returns in the mean of the denominator; Sortino and Price (1994), "Performance
    Measurement in a Downside Risk Framework". None with fewer than two returns or no loss."""
    if len(returns) < 2:
        return None
    downside = math.sqrt(float(np.mean(np.minimum(returns, 0.0) ** 2)))
    return annual_ratio(float(returns.mean()), downside, days_per_year)


def calmar(growth: float | None, max_drawdown: float) -> float | None:
    """Return growth a year / maximum drawdown, both fractions; None without a drawdown. After Young (1991)."""
    return growth / max_drawdown if growth is not None and max_drawdown > _NOISE else None


def cvar(returns: Floats, share: float = 0.05) -> float | None:
    """Return the expected loss on the worst `share` of days, as a positive fraction of equity. With m = share * n days
    in the tail: -(sum of the floor(m) lowest returns + the rest of m times the next) / m, so that a tail of 12.6 days
    counts the thirteenth by 0.6; Acerbi and Tasche (2002), "Expected Shortfall". Negative when even those days gained.
    None when `share` of the days is less than one day."""
    tail = len(returns) * share
    if tail < 1 - _NOISE:
        return None
    whole = math.floor(tail + _NOISE)
    ordered = np.sort(returns)
    part = max(0.0, tail - whole)
    rest = part * float(ordered[whole]) if part > _NOISE else 0.0
    return -(float(ordered[:whole].sum()) + rest) / (whole + part)


def average(pnls: Sequence[Decimal]) -> Decimal | None:
    """Return the expectancy: the mean profit of a trade in account currency; None without trades."""
    return sum(pnls, Decimal()) / len(pnls) if pnls else None


def win_rate(pnls: Sequence[Decimal]) -> float | None:
    """Return the share of trades that made money after all costs, which zero is not; None without trades."""
    return sum(pnl > 0 for pnl in pnls) / len(pnls) if pnls else None


def profit_factor(pnls: Sequence[Decimal]) -> float | None:
    """Return what the winners made / what the losers lost, after costs; None without a loser."""
    lost = -sum((pnl for pnl in pnls if pnl < 0), Decimal())
    return float(sum((pnl for pnl in pnls if pnl > 0), Decimal()) / lost) if lost else None


def expectancy_r(trades: Sequence[Trade]) -> float | None:
    """Return the expectancy in R: the mean R-multiple of the trades whose risk is known, so that sizes compare. Tharp
    (1998), "Trade Your Way to Financial Freedom". None where no risk is known."""
    mean = average([multiple for trade in trades if (multiple := trade.r_multiple) is not None])
    return None if mean is None else float(mean)


def exposure(trades: Sequence[Trade], start: int, end: int) -> float | None:
    """Return the share of the time from `start` to `end` (ns) with at least one position open; None without any time.
    Calendar time: on a lane that closes for weekends even a strategy that is always in the market stays below one when
    it is flat on Saturday. Open trades last until `end`."""
    if end <= start:
        return None
    covered, until = 0, start
    for trade in sorted(trades, key=lambda trade: trade.entry_time):
        left = min(end if trade.exit_time is None else trade.exit_time, end)
        covered += max(0, left - max(trade.entry_time, until))
        until = max(until, left)
    return covered / (end - start)


def days_of(stamps: Ints) -> int:
    """Return how many whole days of returns there are between the `stamps` that `daily_equity` gives."""
    return int(min(len(stamps) - 1, (stamps[-1] - stamps[0]) // DAY)) if len(stamps) else 0


def small_samples(days: int, trades: int, shown: Collection[str] = RATIOS) -> tuple[SmallSample, ...]:
    """Return which of the `shown` ratios `days` of returns and `trades` closed trades are too few for. They are named
    as in a run's summary."""
    samples: list[SmallSample] = []
    if days < LEAST_DAYS:
        samples += [SmallSample(name, "days", days, LEAST_DAYS) for name in _OF_DAYS]
    if trades < LEAST_TRADES:
        samples += [SmallSample(name, "trades", trades, LEAST_TRADES) for name in _OF_TRADES]
    return tuple(item for item in samples if item.name in shown)
