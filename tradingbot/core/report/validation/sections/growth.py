# file: core/report/validation/sections/growth.py
"""What the candidate did on the data held back: the pooled path, its fall, and its numbers."""

from __future__ import annotations

from tradingbot.core.messages.smallsample import weakness
from tradingbot.core.report.charts.drawdown import drawdown_chart
from tradingbot.core.report.charts.figure import frame
from tradingbot.core.report.markup import Html, card, greyed, table, tag
from tradingbot.core.report.phrase import number, percent
from tradingbot.core.report.validation.charts.days import dated
from tradingbot.core.report.validation.charts.growth import growth_chart
from tradingbot.core.report.validation.record import ValidationRecord
from tradingbot.core.report.validation.sections.manner import HEADS, WEAK, manner

__all__ = ["growth"]

_NOTE = (
    "The test windows of all folds one after the other, after all costs: the only path the criteria look at. " + WEAK
)


def growth(record: ValidationRecord) -> Html:
    """Return the pooled path with its numbers beside those of the run over all data."""
    pooled, where = record.pooled, f"Net profit ({record.origin.currency})"
    heads = [("", ""), *((where if title == "Net profit" else title, kind) for title, kind in HEADS)]
    rows = [["Out of sample", *manner(pooled.measured)], ["All data", *manner(record.whole)]]
    beside = table(heads, rows, "Out of sample and all data")
    return card("Out of sample", _tiles(record), *_charts(record), beside, note=_NOTE, anchor="growth")


def _charts(record: ValidationRecord) -> list[Html]:
    ts, grown = dated(record.pooled.days, record.pooled.growth)
    if not len(ts):
        return [tag("p", "There is no path to draw.", class_="note")]
    label = "Growth of the pooled out-of-sample path"
    return [
        frame(growth_chart(ts, grown, record.folds), label, 340),
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
