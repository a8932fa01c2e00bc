# file: reports/validation/equity.py
"""Out-of-sample equity: the pooled path with its test windows, its drawdown, its Sharpe, max drawdown and CVaR."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.messages.formatting import number, percent
from tradingbot.core.messages.smallsample import weakness
from tradingbot.core.validation.record import Fold, ValidationRecord
from tradingbot.reports.charts import (
    ALL_AT_ONCE,
    Figure,
    axis,
    dated_series,
    drawdown_chart,
    figure,
    fold_windows,
    frame,
    level,
    time_line,
)
from tradingbot.reports.markup import Html, card, greyed, remark, table, tiles
from tradingbot.reports.validation.wording import STATS_HEADS, STATS_NOTE, stats_cells

_NOTE = (
    "The test windows of all folds one after the other, after all costs: the only path the criteria look at. "
    + STATS_NOTE
)


def equity_section(record: ValidationRecord) -> Html:
    """Return the pooled path with its numbers beside those of the run over all data."""
    pooled, measured = record.pooled, record.pooled.measured
    weak = weakness(measured.unreliable, "sharpe")
    effective = f"{number(pooled.effective_trades, 0)} of {number(measured.trades, 0)}"
    head = tiles(
        ("Sharpe ratio", greyed(number(measured.sharpe), weak), weak or "annualised, from daily returns"),
        ("Max drawdown", percent(measured.max_drawdown), "below the last peak"),
        ("CVaR 95 % (daily)", greyed(percent(pooled.cvar, 2), weak), weak or "mean loss on the worst 5 % of days"),
        ("Effective trades", effective, f"in {number(pooled.clusters, 0)} clusters of trades held at the same time"),
    )
    heads = [("", ""), *STATS_HEADS]
    heads[2] = (f"Net profit ({record.origin.currency})", "num")
    rows = [["Out of sample", *stats_cells(measured)], ["All data", *stats_cells(record.whole)]]
    beside = table(heads, rows, "Out of sample and all data")
    return card("Out of sample", head, *_charts(record), beside, note=_NOTE, anchor="growth")


def _charts(record: ValidationRecord) -> list[Html]:
    ts, growth = dated_series(record.pooled.days, record.pooled.growth)
    if not len(ts):
        return [remark("There is no path to draw.")]
    label = "Growth of the pooled out-of-sample path"
    return [
        frame(_growth_chart(ts, growth, record.folds), label, 340),
        frame(drawdown_chart(ts, growth), "Drawdown of the pooled path", 170),
    ]


def _growth_chart(ts: Ints, growth: Floats, folds: Sequence[Fold]) -> Figure:
    line = time_line("Out of sample", ts, growth, "%{y:.3f}", line={"color": "@gain", "width": 2})
    start = level(1, colour="@muted", dash="dot")["shapes"]
    upward = axis("Growth of 1", tickformat=".2f")
    return figure([line], hovermode=ALL_AT_ONCE, showlegend=False, yaxis=upward, **fold_windows(folds, *start))
