# file: reports/validation/equity.py
"""Out-of-sample equity: the pooled path with its test windows, its drawdown and its numbers."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.messages.formatting import number, percent
from tradingbot.core.messages.smallsample import weakness
from tradingbot.core.time import from_iso
from tradingbot.core.validation.record import Fold, ValidationRecord
from tradingbot.reports.charts import Figure, dated_series, downsample, drawdown_chart, frame, millis, plain
from tradingbot.reports.markup import Html, card, greyed, table, tag
from tradingbot.reports.validation.wording import STATS_HEADS, STATS_NOTE, stats_cells


def equity_windows_chart(ts: Ints, growth: Floats, folds: Sequence[Fold]) -> Figure:
    """Return the chart of `growth` (of one unit, at `ts`, int64 ns) over the test windows of `folds`."""
    stamps, values = downsample(ts, growth, growth, growth)
    line = {
        "type": "scatter",
        "mode": "lines",
        "name": "Out of sample",
        "x": millis(stamps),
        "y": plain(values),
        "line": {"color": "@gain", "width": 2},
        "hovertemplate": "%{y:.3f}",
    }
    layout = {
        "showlegend": False,
        "yaxis": {"title": {"text": "Growth of 1"}, "tickformat": ".2f"},
        "shapes": [_level(), *(_window(fold) for fold in folds if fold.number % 2)],
        "annotations": [_number(fold) for fold in folds],
    }
    return {"data": [line], "layout": layout}


def _level() -> Figure:
    dotted = {"color": "@muted", "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 1, "y1": 1, "line": dotted}


def _window(fold: Fold) -> Figure:
    place = {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    edges = {"x0": from_iso(fold.test_start) // 1_000_000, "x1": from_iso(fold.test_end) // 1_000_000}
    return place | edges | {"fillcolor": "@shade", "line": {"width": 0}}


def _number(fold: Fold) -> Figure:
    # At the left edge of the window: at the right one of the last lies the bar of buttons.
    place = {"x": from_iso(fold.test_start) // 1_000_000, "y": 1, "yref": "paper", "yanchor": "bottom"}
    font = {"color": "@soft", "size": 11}
    return place | {"xanchor": "left", "showarrow": False, "text": f"fold {fold.number}", "font": font}


_NOTE = (
    "The test windows of all folds one after the other, after all costs: the only path the criteria look at. "
    + STATS_NOTE
)


def equity_section(record: ValidationRecord) -> Html:
    """Return the pooled path with its numbers beside those of the run over all data."""
    pooled, where = record.pooled, f"Net profit ({record.origin.currency})"
    heads = [("", ""), *((where if title == "Net profit" else title, kind) for title, kind in STATS_HEADS)]
    rows = [["Out of sample", *stats_cells(pooled.measured)], ["All data", *stats_cells(record.whole)]]
    beside = table(heads, rows, "Out of sample and all data")
    return card("Out of sample", _tiles(record), *_charts(record), beside, note=_NOTE, anchor="growth")


def _charts(record: ValidationRecord) -> list[Html]:
    ts, grown = dated_series(record.pooled.days, record.pooled.growth)
    if not len(ts):
        return [tag("p", "There is no path to draw.", class_="note")]
    label = "Growth of the pooled out-of-sample path"
    return [
        frame(equity_windows_chart(ts, grown, record.folds), label, 340),
        frame(drawdown_chart(ts, grown), "Drawdown of the pooled path", 170),
    ]


def _tiles(record: ValidationRecord) -> Html:
    pooled, weak = record.pooled, weakness(record.pooled.measured.unreliable, "sharpe")
    clusters = f"in {number(pooled.clusters, 0)} clusters of trades held at the same time"
    tiles = (
        ("Sharpe", greyed(number(pooled.measured.sharpe), weak), weak or "daily returns, a year"),
        ("Deepest fall", percent(pooled.measured.max_drawdown), "below the last peak"),
        ("Bad day (CVaR 5 %)", greyed(percent(pooled.cvar, 2), weak), weak or "mean loss on the worst 5 % of days"),
        ("Effective trades", f"{number(pooled.effective_trades, 0)} of {number(pooled.measured.trades, 0)}", clusters),
    )
    return tag("div", *(_tile(*tile) for tile in tiles), class_="tiles")


def _tile(title: str, value: str, meaning: str) -> Html:
    parts = tag("p", title, class_="title"), tag("p", value, class_="value"), tag("p", meaning, class_="note")
    return tag("div", *parts, class_="tile")
