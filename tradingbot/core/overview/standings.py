# file: core/overview/standings.py
"""The numbers of a node and of its strategies, by the same formulas as in the reports."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tradingbot.core.messages.nodeview import Standing
from tradingbot.core.overview.nodebook import Closed, NodeBook
from tradingbot.core.portfolio import ratios, tradestats
from tradingbot.core.portfolio.daily import daily_equity, daily_returns

__all__ = ["standing_of", "strategy_standing"]


def standing_of(book: NodeBook, days_per_year: int) -> Standing:
    """Return how a node stands; its lane has so many days a year."""
    points = book.points()
    returns = daily_returns(daily_equity(points, days_per_year)[1])
    return replace(
        strategy_standing(book.all),
        equity=points[-1].equity,
        max_drawdown=book.deepest(),
        sharpe=ratios.sharpe(returns, days_per_year),
        sortino=ratios.sortino(returns, days_per_year),
        cvar_5=ratios.cvar(returns),
    )


def strategy_standing(closed: Closed) -> Standing:
    """Return how one strategy of a node stands: of its trades alone, since the account is the node's.

    Trades are many and close seldom, so it is worked out once after each.
    """
    if closed.standing is None:
        closed.standing = Standing(
            trades=len(closed.pnls),
            equity=None,
            pnl=sum(closed.pnls, Decimal()),
            max_drawdown=None,
            sharpe=None,
            sortino=None,
            cvar_5=None,
            win_rate=tradestats.win_rate(closed.pnls),
            profit_factor=tradestats.profit_factor(closed.pnls),
            reward_points=closed.points if closed.counted else None,
        )
    return closed.standing
