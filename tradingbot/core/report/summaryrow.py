# file: core/report/summaryrow.py
"""Several backtests side by side, one row each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.box import SIMPLE
from rich.table import Table

from tradingbot.core.report.liferow import LifeRow
from tradingbot.core.report.paperrow import PaperRow
from tradingbot.core.report.result import Result

__all__ = ["SummaryRow", "row_of", "rows_json", "rows_table"]


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One backtest in a line; `html` is where its report lies, `seconds` how long it ran."""

    name: str
    lane: str
    currency: str
    trades: int
    net_pnl: float
    total_return: float | None
    sharpe: float | None
    max_drawdown: float
    buy_and_hold: float | None
    seconds: float
    html: str


def row_of(result: Result, html: str) -> SummaryRow:
    """Return the row of a result."""
    found = result.summary
    return SummaryRow(
        result.name, result.lane, result.currency, found.trades, float(found.net_pnl), found.total_return, found.sharpe,
        found.max_drawdown, found.buy_and_hold, round(result.run.seconds, 2), html,
    )  # fmt: skip


def rows_json(
    rows: Sequence[SummaryRow], lives: Sequence[LifeRow], seed: int, paper: Sequence[PaperRow] = (), link: str = ""
) -> str:
    """Return backtests, candidates' lives, paper nodes and the dashboard's link as one JSON object with the seed."""
    found = {
        "seed": seed,
        "synthetic": True,
        "backtests": [asdict(row) for row in rows],
        "lives": [asdict(life) for life in lives],
        "paper": [asdict(node) for node in paper],
        "link": link,
    }
    return json.dumps(found, indent=1) + "\n"


def rows_table(rows: Sequence[SummaryRow], seed: int) -> Table:
    """Return the rows as a table for the terminal."""
    table = Table(
        title=f"SYNTHETIC market, seed {seed}: the machinery at work, evidence of nothing",
        caption="\n".join(f"{row.name}: {row.html}" for row in rows),
        caption_justify="left",
        box=SIMPLE,
        padding=(0, 1),
        pad_edge=False,
    )
    table.add_column("lane", no_wrap=True)
    for heading in ("trades", "net", "return", "Sharpe", "drawdown", "hold"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            row.lane, str(row.trades), f"{row.net_pnl:+,.0f} {row.currency}", _percent(row.total_return),
            "-" if row.sharpe is None else f"{row.sharpe:+.2f}", _percent(-row.max_drawdown),
            _percent(row.buy_and_hold),
        )  # fmt: skip
    return table


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:+.1%}"
