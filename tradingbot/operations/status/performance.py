# file: operations/status/performance.py
"""Performance of a node and its strategies by the reports' formulas, and its equity curve downsampled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import numpy as np

from tradingbot.core.messages.laneview import Performance
from tradingbot.core.portfolio import ratios as tradestats
from tradingbot.core.portfolio.ratios import LEAST_DAYS, RATIOS, DailyRatios, days_of, small_samples
from tradingbot.operations.status.nodehistory import ClosedTrades, NodeHistory


def performance_of(book: NodeHistory, days_per_year: int) -> Performance:
    """Return how a node stands; its lane has so many days a year."""
    daily = DailyRatios.of(book.points(), days_per_year)
    trades, net = _of_trades(book.all), book.net_pnl()
    found = replace(
        trades,
        equity=book.worth(),
        pnl=net,
        open_pnl=net - trades.realised_pnl,
        max_drawdown=book.deepest(),
        sharpe=daily.sharpe,
        sortino=daily.sortino,
        cvar_5=daily.cvar_5,
    )
    return _told(found, days_of(daily.stamps))


def strategy_performance(closed: ClosedTrades, open_pnl: Decimal = Decimal(0)) -> Performance:
    """Return how one strategy of a node stands: of its trades and positions alone, since the account is the node's."""
    found = _of_trades(closed)
    return _told(replace(found, pnl=found.realised_pnl + open_pnl, open_pnl=open_pnl), LEAST_DAYS)


def _told(found: Performance, days: int) -> Performance:
    shown = [name for name in RATIOS if getattr(found, name, None) is not None]
    return replace(found, unreliable=small_samples(days, found.trades, shown))


def _of_trades(closed: ClosedTrades) -> Performance:
    """Trades are many and close seldom, so it is worked out once after each."""
    if closed.standing is None:
        closed.standing = Performance(
            trades=len(closed.pnls),
            equity=None,
            pnl=Decimal(0),
            realised_pnl=sum(closed.pnls, Decimal()),
            open_pnl=Decimal(0),
            max_drawdown=None,
            sharpe=None,
            sortino=None,
            cvar_5=None,
            win_rate=tradestats.win_rate(closed.pnls),
            profit_factor=tradestats.profit_factor(closed.pnls),
            reward_points=closed.points if closed.counted else None,
        )
    return closed.standing


def downsampled(ts: Sequence[int], values: Sequence[float], most: int) -> tuple[tuple[int, float], ...]:
    """Return at most `most` of the points (at least 4): first, last, and the lowest and highest of each stretch.

    `ts` ascends and has the length of `values`.
    """
    count = len(ts)
    if count <= most:
        return tuple(zip(map(int, ts), map(float, values), strict=True))
    heights = np.asarray(values, dtype=np.float64)
    edges = np.linspace(1, count - 1, (most - 2) // 2 + 1).astype(int)
    kept = {0, count - 1}
    for begin, end in pairwise(edges):
        if end > begin:
            part = heights[begin:end]
            kept |= {begin + int(part.argmin()), begin + int(part.argmax())}
    return tuple((int(ts[place]), float(heights[place])) for place in sorted(kept))
