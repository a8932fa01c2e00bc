# file: core/portfolio/ratios.py
"""Judge a series of daily returns. What is undefined is None, never zero, infinite or NaN."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tradingbot.core.portfolio.daily import Floats, Ints, daily_equity, daily_returns
from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.portfolio.isotime import DAY, YEAR

__all__ = ["DailyRatios", "annual_growth", "annual_ratio", "calmar", "cvar", "sharpe", "sortino"]

# Below this a spread of returns is rounding noise of equal numbers.
_NOISE = 1e-12


@dataclass(frozen=True, slots=True)
class DailyRatios:
    """What is told of an equity curve by its days: their `stamps` and `equity`, as `daily_equity` gives them, and the
    annual Sharpe and Sortino ratio and the daily CVaR. Reports and dashboard say the same because this is all they ask.
    """

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
    """Return mean / deviation * sqrt(days_per_year), the one place where a daily ratio becomes a yearly one.

    Both inputs are per day. None without a deviation. Source: Sharpe (1994), "The Sharpe Ratio", Journal of Portfolio
    Management 21(1), for returns without serial correlation.
    """
    return mean / deviation * math.sqrt(days_per_year) if deviation > _NOISE else None


def annual_growth(factor: float, elapsed: int) -> float | None:
    """Return the compound annual growth rate (CAGR) by calendar time: factor ** (year / elapsed) - 1.

    `factor` is end / start equity over `elapsed` ns; a year has 365.25 days, in every lane, since money grows on
    weekends too. None when the factor is not positive, less than a day passed, or the yearly number exceeds what a
    float holds.
    """
    if factor <= 0 or elapsed < DAY:
        return None
    power = math.log(factor) * YEAR / elapsed
    return math.expm1(power) if power < 700 else None


def sharpe(returns: Floats, days_per_year: int) -> float | None:
    """Return the annualised Sharpe ratio of daily `returns` against a riskless rate of zero.

    mean(r) / std(r, n - 1) * sqrt(days_per_year); Sharpe (1994). None with fewer than two returns or no variation.
    """
    if len(returns) < 2:
        return None
    return annual_ratio(float(returns.mean()), float(returns.std(ddof=1)), days_per_year)


def sortino(returns: Floats, days_per_year: int) -> float | None:
    """Return the annualised Sortino ratio of daily `returns` against a target of zero.

    mean(r) / sqrt(mean(min(r, 0)^2)) * sqrt(days_per_year), all returns in the mean of the denominator; Sortino and
    Price (1994), "Performance Measurement in a Downside Risk Framework". None with fewer than two returns or no loss.
    """
    if len(returns) < 2:
        return None
    downside = math.sqrt(float(np.mean(np.minimum(returns, 0.0) ** 2)))
    return annual_ratio(float(returns.mean()), downside, days_per_year)


def calmar(growth: float | None, max_drawdown: float) -> float | None:
    """Return growth a year / maximum drawdown, both fractions; None without a drawdown. After Young (1991)."""
    return growth / max_drawdown if growth is not None and max_drawdown > _NOISE else None


def cvar(returns: Floats, share: float = 0.05) -> float | None:
    """Return the expected loss on the worst `share` of days, as a positive fraction of equity.

    With m = share * n days in the tail: -(sum of the floor(m) lowest returns + the rest of m times the next) / m, so
    that a tail of 12.6 days counts the thirteenth by 0.6; Acerbi and Tasche (2002), "Expected Shortfall". Negative when
    even those days gained. None when `share` of the days is less than one day.
    """
    tail = len(returns) * share
    if tail < 1 - _NOISE:
        return None
    whole = math.floor(tail + _NOISE)
    ordered = np.sort(returns)
    part = max(0.0, tail - whole)
    rest = part * float(ordered[whole]) if part > _NOISE else 0.0
    return -(float(ordered[:whole].sum()) + rest) / (whole + part)
