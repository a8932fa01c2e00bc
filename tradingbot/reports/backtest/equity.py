# file: reports/backtest/equity.py
"""Equity curve against buy and hold, drawdown, and monthly returns as a heat map that is also a table."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.messages.formatting import percent
from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.time import day_of
from tradingbot.reports.backtest.reader import JsonObject, equity_points, flow_adjusted_points
from tradingbot.reports.charts import ALL_AT_ONCE, Figure, axis, drawdown_chart, figure, frame, time_line
from tradingbot.reports.markup import Html, card, scroll, tag

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def equity_curves(result: JsonObject, hold: tuple[Ints, Floats] | None) -> list[Html]:
    """Return the equity curve and the underwater chart; `hold` are times and growth factors of buy and hold."""
    points = equity_points(result)
    ts = np.array([point.ts for point in points], dtype=np.int64)
    equity, adjusted = (
        np.array([float(point.equity) for point in some]) for some in (points, flow_adjusted_points(result))
    )
    title = "Equity vs buy and hold"
    return [
        card(title, frame(_equity_chart(ts, equity, hold, result["currency"]), title)),
        card("Drawdown", frame(drawdown_chart(ts, adjusted), "Drawdown", 220)),
    ]


def _equity_chart(ts: Ints, equity: Floats, hold: tuple[Ints, Floats] | None, currency: str) -> Figure:
    hover = f"%{{y:,.2f}} {currency}"
    traces = [time_line("Equity", ts, equity, hover, line={"color": "@gain", "width": 2})]
    if hold is not None and len(hold[0]) and len(equity):
        look = {"color": "@muted", "width": 1.5, "dash": "dash"}
        worth = np.asarray(hold[1], dtype=np.float64) * equity[0]
        traces.append(time_line("Buy and hold", hold[0], worth, hover, line=look))
    return figure(traces, hovermode=ALL_AT_ONCE, yaxis=axis(currency))


def monthly_returns(result: JsonObject) -> Html:
    """Return the heat map."""
    returns = month_returns(flow_adjusted_points(result))
    largest = max((abs(value) for value in returns.values()), default=0.0)
    heads = [tag("th", name, scope="col", class_="num") for name in ("Year", *_MONTHS, "Total")]
    rows = []
    for year in sorted({year for year, _ in returns}):
        months = [returns.get((year, month)) for month in range(1, 13)]
        total = prod(1 + value for value in months if value is not None) - 1
        whole = tag("td", percent(total, 1, sign=True), class_="num total")
        rows.append(tag("tr", tag("th", str(year), scope="row", class_="num"), *_cells(months, largest), whole))
    body = tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *rows), class_="heat")
    note = "Change of equity without deposits in each calendar month, UTC; the total compounds them."
    return card("Monthly returns", scroll(body, "Monthly returns"), note=note)


def month_returns(points: Sequence[EquityPoint]) -> dict[tuple[int, int], float]:
    """Return the change of equity in each (year, month), as a fraction of the equity the month began with.

    A point at 00:00 of a month's first day ends the month before. A month that began at or below zero is left out.
    """
    last: dict[tuple[int, int], float] = {}
    for point in points[1:]:
        day = day_of(point.ts - 1)
        last[day.year, day.month] = float(point.equity)
    openings = [float(points[0].equity), *last.values()] if points else []
    pairs = zip(last.items(), openings, strict=False)
    return {month: closing / opening - 1 for (month, closing), opening in pairs if opening > 0}


def _cells(months: Sequence[float | None], largest: float) -> list[Html]:
    cells = []
    for value in months:
        kind = " up" if value and value > 0 else " down" if value else ""
        heat = f"--heat:{abs(value) / (largest or 1.0) * 60:.0f}%" if value is not None else ""
        text = "" if value is None else percent(value, 1, sign=True)
        cells.append(tag("td", text, class_=f"num{kind}", style=heat))
    return cells
