# file: core/overview/standings.py
"""The numbers of a node and of its strategies, by the same formulas as in the reports."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tradingbot.core.messages.nodeview import Standing
from tradingbot.core.overview.nodebook import Closed, NodeBook
from tradingbot.core.portfolio import tradestats
from tradingbot.core.portfolio.ratios import DailyRatios
from tradingbot.core.portfolio.smallsample import LEAST_DAYS, RATIOS, days_of, small_samples

__all__ = ["standing_of", "strategy_standing"]


def standing_of(book: NodeBook, days_per_year: int) -> Standing:
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


def strategy_standing(closed: Closed, open_pnl: Decimal = Decimal(0)) -> Standing:
    """Return how one strategy of a node stands: of its trades and positions alone, since the account is the node's."""
    found = _of_trades(closed)
    return _told(replace(found, pnl=found.realised_pnl + open_pnl, open_pnl=open_pnl), LEAST_DAYS)


def _told(found: Standing, days: int) -> Standing:
    shown = [name for name in RATIOS if getattr(found, name, None) is not None]
    return replace(found, unreliable=small_samples(days, found.trades, shown))


def _of_trades(closed: Closed) -> Standing:
    """Trades are many and close seldom, so it is worked out once after each."""
    if closed.standing is None:
        closed.standing = Standing(
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
