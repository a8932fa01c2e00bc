# file: core/portfolio/tradestats.py
"""Count and weigh round trips. What is undefined is None."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tradingbot.core.portfolio.trade import Trade

__all__ = ["average", "expectancy_r", "exposure", "profit_factor", "win_rate"]


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
    """Return the expectancy in R: the mean R-multiple of the trades whose risk is known, so that sizes compare.

    Tharp (1998), "Trade Your Way to Financial Freedom". None where no risk is known.
    """
    mean = average([multiple for trade in trades if (multiple := trade.r_multiple) is not None])
    return None if mean is None else float(mean)


def exposure(trades: Sequence[Trade], start: int, end: int) -> float | None:
    """Return the share of the time from `start` to `end` (ns) with at least one position open; None without any time.

    Calendar time: on a lane that closes for weekends even a strategy that is always in the market stays below one
    when it is flat on Saturday. Open trades last until `end`.
    """
    if end <= start:
        return None
    covered, until = 0, start
    for trade in sorted(trades, key=lambda trade: trade.entry_time):
        left = min(end if trade.exit_time is None else trade.exit_time, end)
        covered += max(0, left - max(trade.entry_time, until))
        until = max(until, left)
    return covered / (end - start)
