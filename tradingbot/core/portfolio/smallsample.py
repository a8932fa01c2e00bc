# file: core/portfolio/smallsample.py
"""Small samples: which ratios are luck more than measurement."""

from __future__ import annotations

from collections.abc import Collection

from tradingbot.core.messages.smallsample import SmallSample
from tradingbot.core.portfolio.daily import Ints
from tradingbot.core.portfolio.isotime import DAY

__all__ = ["LEAST_DAYS", "LEAST_TRADES", "RATIOS", "days_of", "small_samples"]

LEAST_DAYS, LEAST_TRADES = 60, 30
_OF_DAYS = ("cagr", "sharpe", "sortino", "calmar", "cvar_5", "longest_drawdown_days")
_OF_TRADES = ("win_rate", "profit_factor", "expectancy", "expectancy_r", "average_trade")
RATIOS = (*_OF_DAYS, *_OF_TRADES)


def days_of(stamps: Ints) -> int:
    """Return how many whole days of returns there are between the `stamps` that `daily_equity` gives."""
    return int(min(len(stamps) - 1, (stamps[-1] - stamps[0]) // DAY)) if len(stamps) else 0


def small_samples(days: int, trades: int, shown: Collection[str] = RATIOS) -> tuple[SmallSample, ...]:
    """Return which of the `shown` ratios `days` of returns and `trades` closed trades are too few for.

    They are named as in a run's summary.
    """
    found: list[SmallSample] = []
    if days < LEAST_DAYS:
        found += [SmallSample(name, "days", days, LEAST_DAYS) for name in _OF_DAYS]
    if trades < LEAST_TRADES:
        found += [SmallSample(name, "trades", trades, LEAST_TRADES) for name in _OF_TRADES]
    return tuple(item for item in found if item.name in shown)
