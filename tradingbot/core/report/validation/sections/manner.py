# file: core/report/validation/sections/manner.py
"""The numbers of a run as cells, the same in every table."""

from __future__ import annotations

from tradingbot.core.report.markup import signed
from tradingbot.core.report.phrase import NONE, number, percent
from tradingbot.core.report.validation.record import Manner

__all__ = ["HEADS", "manner"]

HEADS = [("Trades", "num"), ("Net profit", "num"), ("Sharpe", "num"), ("Profit factor", "num"), ("Deepest fall", "num")]


def manner(measured: Manner | None) -> list[str]:
    """Return the cells under `HEADS`; dashes for a run that did not take place."""
    if measured is None:
        return [NONE] * len(HEADS)
    return [
        number(measured.trades, 0),
        signed(measured.net_pnl, number(measured.net_pnl, 2, sign=True)),
        number(measured.sharpe),
        number(measured.profit_factor),
        percent(measured.max_drawdown),
    ]
