# file: core/report/paperrow.py
"""One paper node in a few words: how it goes and what it made so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.box import SIMPLE
from rich.table import Table

__all__ = ["PaperRow", "paper_table"]


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A node, its state, bars and closed trades so far; `until` is the market's time.

    Equity and net profit, which is the realised and the open, are in `currency`.
    """

    node: str
    lane: str
    candidate: str
    state: str
    until: str
    bars: int
    trades: int
    open: int
    equity: float
    net_pnl: float
    realised_pnl: float
    open_pnl: float
    currency: str


def paper_table(rows: Sequence[PaperRow]) -> Table:
    """Return the rows as a table for the terminal."""
    table = Table(title="On paper", box=SIMPLE, padding=0, show_edge=False)
    for heading in ("node", "state"):
        table.add_column(heading, no_wrap=True)
    for heading in ("bars", "trades", "open", "net", "realised", "open P&L"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        numbers = (f"{row.bars:,}", str(row.trades), str(row.open), f"{row.net_pnl:+,.0f} {row.currency}")
        table.add_row(row.node, row.state, *numbers, f"{row.realised_pnl:+,.0f}", f"{row.open_pnl:+,.0f}")
    return table
