# file: demo/summary.py
"""Demo summary: one row per backtest, candidate and paper node, as tables and as one JSON object."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.box import SIMPLE
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tradingbot.core.messages.formatting import number
from tradingbot.core.messages.smallsample import SmallSample
from tradingbot.core.runtime.result import Result, ResultWarning


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """What training, validation and promotion said of one candidate.

    `auc` and `sharpe` (net, annual) are out of fold, None where undefined; `trades` those of the validation's tests.
    """

    candidate: str
    auc: float | None
    baseline_auc: float | None
    sharpe: float | None
    baseline_sharpe: float | None
    trades: int
    verdict: str
    verdict_reason: str
    promoted: bool
    promotion_reason: str
    training_html: str
    validation_html: str


def candidates_view(rows: Sequence[CandidateRow]) -> RenderableType:
    """Return the rows for rich to print, each with its three steps."""
    parts: list[RenderableType] = []
    for row in rows:
        table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
        table.add_column(style="bold", no_wrap=True)
        table.add_column()
        table.add_row("trained", _trained(row))
        table.add_row("validated", f"{row.verdict}: {row.verdict_reason} ({row.trades} trades out of sample)")
        table.add_row("✓ promoted" if row.promoted else "✗ refused", row.promotion_reason)
        table.add_row("read", Text(f"{row.training_html}\n{row.validation_html}", overflow="fold", style="dim"))
        parts += [
            Text(row.candidate, style="bold cyan" if row.promoted else "bold dark_orange"),
            Padding(table, (0, 2)),
        ]
    return Group(*parts)


def _trained(row: CandidateRow) -> str:
    scores = f"AUC {number(row.auc, 3)}, baseline {number(row.baseline_auc, 3)}"
    if row.sharpe is None:
        return f"{scores}; out of fold it found nothing that pays after costs and abstained"
    return f"{scores}; net Sharpe {number(row.sharpe, 2)}, baseline {number(row.baseline_sharpe, 2)}"


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


@dataclass(frozen=True, slots=True)
class BacktestRow:
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
    warnings: tuple[ResultWarning, ...]


def backtest_row(result: Result, html: str) -> BacktestRow:
    """Return the row of a result."""
    found = result.summary
    return BacktestRow(
        result.name, result.lane, result.currency, found.trades, float(found.net_pnl), float(found.realised_pnl),
        float(found.open_pnl), found.total_return, found.sharpe, found.max_drawdown, found.buy_and_hold,
        round(result.run.seconds, 2), html, tuple(item for item in found.unreliable if item.name == "sharpe"),
        tuple(result.warnings),
    )  # fmt: skip


def summary_json(
    rows: Sequence[BacktestRow],
    lives: Sequence[CandidateRow],
    seed: int,
    paper: Sequence[PaperRow] = (),
    link: str = "",
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


def backtest_table(rows: Sequence[BacktestRow], seed: int) -> Table:
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


def _sharpe(row: BacktestRow) -> Text:
    if row.sharpe is None:
        return Text("-")
    return Text(f"{row.sharpe:+.2f}*", "dim") if row.unreliable else Text(f"{row.sharpe:+.2f}")


def _weak(rows: Sequence[BacktestRow]) -> list[str]:
    return [f"* {row.name}: {item.reason}" for row in rows for item in row.unreliable]


def _report(row: BacktestRow) -> list[Text]:
    """Return where the report is, and its warnings but the one that the title says."""
    said = [caveat.sentence for caveat in row.warnings if caveat.code != "synthetic_data"]
    return [Text(f"{row.name}: {row.html}"), *(Text(f"! {sentence}", "yellow") for sentence in said)]


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:+.1%}"
