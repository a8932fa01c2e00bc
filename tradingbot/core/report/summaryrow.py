# file: core/report/summaryrow.py
"""Several backtests side by side, one row each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from tradingbot.core.messages.smallsample import SmallSample
from tradingbot.core.report.liferow import LifeRow
from tradingbot.core.report.paperrow import PaperRow
from tradingbot.core.report.result import Caveat, Result

__all__ = ["SummaryRow", "row_of", "rows_json", "rows_table"]


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One backtest in a line; `html` is where its report lies, `seconds` how long it ran.

    `net_pnl` is the change of equity without deposits: `realised_pnl` + `open_pnl`. `unreliable` are numbers of the
    line that come from too few days or trades, `warnings` all that the report warns of.
    """

    name: str
    lane: str
    currency: str
    trades: int
    net_pnl: float
    realised_pnl: float
    open_pnl: float
    total_return: float | None
    sharpe: float | None
    max_drawdown: float
    buy_and_hold: float | None
    seconds: float
    html: str
    unreliable: tuple[SmallSample, ...]
    warnings: tuple[Caveat, ...]


def row_of(result: Result, html: str) -> SummaryRow:
    """Return the row of a result."""
    found = result.summary
    return SummaryRow(
        result.name, result.lane, result.currency, found.trades, float(found.net_pnl), float(found.realised_pnl),
        float(found.open_pnl), found.total_return, found.sharpe, found.max_drawdown, found.buy_and_hold,
        round(result.run.seconds, 2), html, tuple(item for item in found.unreliable if item.name == "sharpe"),
        tuple(result.warnings),
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
        caption=Text("\n").join([*map(Text, _weak(rows)), *(line for row in rows for line in _report(row))]),
        caption_justify="left",
        box=SIMPLE,
        padding=0,
        show_edge=False,
    )
    table.add_column("lane", no_wrap=True)
    for heading in ("trades", "net", "realised", "open P&L", "return", "Sharpe", "max DD", "hold"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            row.lane, str(row.trades), f"{row.net_pnl:+,.0f} {row.currency}", f"{row.realised_pnl:+,.0f}",
            f"{row.open_pnl:+,.0f}", _percent(row.total_return), _sharpe(row), _percent(-row.max_drawdown),
            _percent(row.buy_and_hold),
        )  # fmt: skip
    return table


def _sharpe(row: SummaryRow) -> Text:
    if row.sharpe is None:
        return Text("-")
    return Text(f"{row.sharpe:+.2f}*", "dim") if row.unreliable else Text(f"{row.sharpe:+.2f}")


def _weak(rows: Sequence[SummaryRow]) -> list[str]:
    return [f"* {row.name}: {item.reason}" for row in rows for item in row.unreliable]


def _report(row: SummaryRow) -> list[Text]:
    """Return where the report is, and its warnings but the one that the title says."""
    said = [caveat.sentence for caveat in row.warnings if caveat.code != "synthetic_data"]
    return [Text(f"{row.name}: {row.html}"), *(Text(f"! {sentence}", "yellow") for sentence in said)]


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:+.1%}"
