# file: core/report/validation/sections/manner.py
"""The numbers of a run as cells, the same in every table; greyed where there is too little behind them."""

from __future__ import annotations

from tradingbot.core.messages.smallsample import weakness
from tradingbot.core.portfolio.smallsample import LEAST_DAYS, LEAST_TRADES
from tradingbot.core.report.markup import greyed, signed
from tradingbot.core.report.phrase import NONE, number, percent
from tradingbot.core.report.validation.record import Manner

__all__ = ["HEADS", "WEAK", "manner"]

HEADS = [
    ("Trades", "num"),
    ("Net profit", "num"),
    ("Realised", "num"),
    ("Sharpe", "num"),
    ("Profit factor", "num"),
    ("Deepest fall", "num"),
]
WEAK = (
    "Net profit is the change of equity, positions still open included; realised is that of closed trades. Greyed are"
    f" Sharpe ratios from fewer than {LEAST_DAYS} days and profit factors from fewer than {LEAST_TRADES} trades."
)


def manner(measured: Manner | None) -> list[str]:
    """Return the cells under `HEADS`; dashes for a run that did not take place."""
    if measured is None:
        return [NONE] * len(HEADS)
    return [
        number(measured.trades, 0),
        signed(measured.net_pnl, number(measured.net_pnl, 2, sign=True)),
        signed(measured.realised_pnl, number(measured.realised_pnl, 2, sign=True)),
        greyed(number(measured.sharpe), weakness(measured.unreliable, "sharpe")),
        greyed(number(measured.profit_factor), weakness(measured.unreliable, "profit_factor")),
        percent(measured.max_drawdown),
    ]
