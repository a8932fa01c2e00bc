# file: reports/backtest/equity.py
"""Equity curve against buy and hold, and monthly returns as a heat map that is also a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.messages.formatting import percent
from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.time import day_of
from tradingbot.reports.backtest.reader import JsonObject, flow_adjusted_points
from tradingbot.reports.charts import Figure, downsample, millis, plain
from tradingbot.reports.markup import Html, card, tag


def equity_chart(ts: Ints, equity: Floats, hold: tuple[Ints, Floats] | None, currency: str) -> Figure:
    """Return the chart of `equity` (account currency at `ts`, int64 ns) and of `hold`, growth factors from one."""
    traces = [_line("Equity", *downsample(ts, equity, equity, equity), {"color": "@gain", "width": 2}, currency)]
    if hold is not None and len(hold[0]) and len(equity):
        worth = np.asarray(hold[1], dtype=np.float64) * equity[0]
        line = {"color": "@muted", "width": 1.5, "dash": "dash"}
        traces.append(_line("Buy and hold", *downsample(hold[0], worth, worth, worth), line, currency))
    return {"data": traces, "layout": {"yaxis": {"title": {"text": currency}}}}


def _line(name: str, ts: Ints, values: Floats, line: dict[str, object], currency: str) -> dict[str, object]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": millis(ts),
        "y": plain(values),
        "line": line,
        "hovertemplate": f"%{{y:,.2f}} {currency}",
    }


_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def monthly_returns(result: JsonObject) -> Html:
    """Return the heat map."""
    found = month_returns(flow_adjusted_points(result))
    hottest = max((abs(value) for value in found.values()), default=0.0)
    heads = [tag("th", name, scope="col", class_="num") for name in ("Year", *_NAMES, "Total")]
    rows = []
    for year in sorted({year for year, _ in found}):
        cells = [_cell(found.get((year, month)), hottest) for month in range(1, 13)]
        rows.append(tag("tr", tag("th", str(year), scope="row", class_="num"), *cells, _total(found, year)))
    body = tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *rows), class_="heat")
    box = tag("div", body, class_="scroll", tabindex="0", role="region", aria_label="Returns by month")
    return card("Months", box, note="Change of equity in each calendar month, UTC; the total compounds them.")


def month_returns(points: Sequence[EquityPoint]) -> dict[tuple[int, int], float]:
    """Return the change of equity in each (year, month), as a fraction of the equity the month began with.

    A point at 00:00 of a month's first day ends the month before. A month that began at or below zero is left out.
    """
    last: dict[tuple[int, int], float] = {}
    for point in points[1:]:
        day = day_of(point.ts - 1)
        last[day.year, day.month] = float(point.equity)
    opening = float(points[0].equity) if points else 0.0
    found = {}
    for month, value in last.items():
        if opening > 0:
            found[month] = value / opening - 1
        opening = value
    return found


def _cell(value: float | None, hottest: float) -> Html:
    if value is None:
        return tag("td", class_="num")
    heat = abs(value) / hottest if hottest else 0.0
    kind = "" if not value else " up" if value > 0 else " down"
    return tag("td", percent(value, 1, sign=True), class_=f"num{kind}", style=f"--heat:{heat * 60:.0f}%")


def _total(found: dict[tuple[int, int], float], year: int) -> Html:
    factor = 1.0
    for (when, _), value in sorted(found.items()):
        factor *= 1 + value if when == year else 1
    return tag("td", percent(factor - 1, 1, sign=True), class_="num total")
