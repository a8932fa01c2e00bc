# file: core/report/html.py
"""Write the report of a backtest as one HTML file that needs nothing else, not even a network."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tradingbot.core.portfolio.daily import Floats, Ints
from tradingbot.core.report.charts.costs import costs_chart
from tradingbot.core.report.charts.distribution import distribution_chart
from tradingbot.core.report.charts.drawdown import drawdown_chart
from tradingbot.core.report.charts.equity import equity_chart
from tradingbot.core.report.charts.figure import MOST_MARKS, frame
from tradingbot.core.report.charts.patience import patience_chart
from tradingbot.core.report.charts.price import price_chart
from tradingbot.core.report.charts.refusals import refusals_chart
from tradingbot.core.report.document import document
from tradingbot.core.report.markup import Html, card, tag
from tradingbot.core.report.reading import Found, equity_points, grown_points
from tradingbot.core.report.sections.groups import by, refusals
from tradingbot.core.report.sections.happenings import happenings
from tradingbot.core.report.sections.months import months
from tradingbot.core.report.sections.opening import cautions, header
from tradingbot.core.report.sections.provenance import provenance
from tradingbot.core.report.sections.tiles import tiles
from tradingbot.core.report.sections.trades import extremes, still_open

__all__ = ["Prices", "render"]

Prices = Mapping[str, tuple[Ints, Floats, Floats, Floats]]

_NO_SCRIPT = "The charts need JavaScript; every number is in the tables."


def render(result: Found, prices: Prices | None = None, hold: tuple[Ints, Floats] | None = None) -> str:
    """Return the report. Two equal runs give the same text, byte for byte.

    Reads the style sheet and the script beside this file, and Plotly's from its package.

    Parameters
    ----------
    result
        `Result.to_dict()`, or the JSON file read back.
    prices
        By instrument: bar times (int64 UTC ns), lows, highs, closes (float64). An instrument without is not drawn.
    hold
        The curve of holding the instruments, as `hold_curve` returns it.
    """
    opening = [header(result), tag("noscript", _NO_SCRIPT)]
    return document(f"{result['name']} - backtest", *opening, *_sections(result, prices or {}, hold))


def _sections(result: Found, prices: Prices, hold: tuple[Ints, Floats] | None) -> list[Html]:
    return [
        cautions(result),
        tiles(result),
        *_curves(result, hold),
        months(result),
        *_prices(result, prices),
        *_trades(result),
        *happenings(result),
        *by(result, "exit_reason", "Exits by reason"),
        refusals(result),
        *_refused(result),
        *by(result, "instrument", "By instrument"),
        *by(result, "strategy", "By strategy"),
        *still_open(result),
        *extremes(result),
        provenance(result),
    ]


def _curves(result: Found, hold: tuple[Ints, Floats] | None) -> list[Html]:
    points = equity_points(result)
    ts = np.array([point.ts for point in points], dtype=np.int64)
    equity = np.array([float(point.equity) for point in points])
    grown = np.array([float(point.equity) for point in grown_points(result)])
    against = "Equity against buy and hold"
    return [
        card(against, frame(equity_chart(ts, equity, hold, result["currency"]), against)),
        card("Drawdown", frame(drawdown_chart(ts, grown), "Drawdown", 220)),
    ]


def _prices(result: Found, prices: Prices) -> list[Html]:
    charts = []
    for number, instrument in enumerate(name for name in result["instruments"] if name in prices):
        trades = [trade for trade in result["trades"] if trade["instrument"] == instrument]
        figure = price_chart(prices[instrument], trades, result["currency"])
        label = f"{instrument}: {len(trades):,} trade{'' if len(trades) == 1 else 's'}"
        if len(trades) > MOST_MARKS:
            label += f", drawn the {MOST_MARKS:,} that made or lost most"
        more = {"open": "open"} if number == 0 else {}
        charts.append(tag("details", tag("summary", label), frame(figure, f"Price of {label}", 440), **more))
    return (
        [card("Entries and exits", *charts, note="On a large screen: drag to zoom, double-click to go back.")]
        if charts
        else []
    )


def _refused(result: Found) -> list[Html]:
    found = [*result["refused"], *({**item, "rule": f"{item['rule']}, cut"} for item in result["cut"])]
    if not found:
        return []
    return [card("Refusals and cuts over time", frame(refusals_chart(found), "Refusals and cuts a day by rule", 260))]


def _trades(result: Found) -> list[Html]:
    trades, currency = result["trades"], result["currency"]
    if not trades:
        return []
    note = f"An even sample of {MOST_MARKS:,} of {len(trades):,} trades." if len(trades) > MOST_MARKS else ""
    patience = frame(patience_chart(trades, currency), "Profit over holding time")
    return [
        card("Distribution of trades", frame(distribution_chart(trades, currency), "Histogram of profit"), wide=False),
        card("Profit and patience", patience, note=note, wide=False),
        card("Where the profit went", frame(costs_chart(result["costs"], currency), "Costs as a waterfall")),
    ]
