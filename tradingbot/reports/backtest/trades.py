# file: reports/backtest/trades.py
"""Trades of a backtest: best, worst and open ones; P&L distribution, P&L vs holding time, cost attribution."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tradingbot.core.messages.formatting import amount, duration, number, price, when
from tradingbot.core.time import HOUR, SECOND
from tradingbot.reports.backtest.reader import JsonObject, holding_time, winners_and_losers
from tradingbot.reports.charts import MAX_MARKERS, Figure, axis, evenly_sampled, figure, frame, plain, scatter
from tradingbot.reports.markup import Html, card, numeric, signed, table

_MOST = 20
_BARS = 40
_HEADS = [
    *(("Instrument", ""), ("Side", ""), ("Quantity", "num"), ("Entry, UTC", ""), ("Entry price", "num")),
    *(("Exit, UTC", ""), ("Exit price", "num"), ("Holding time", ""), ("Exit reason", "")),
    *numeric("Fees", "Funding", "P&L"),
]


def trade_charts(result: JsonObject) -> list[Html]:
    """Return the charts of all closed trades; nothing without any."""
    trades, currency = result["trades"], result["currency"]
    if not trades:
        return []
    note = f"An even sample of {MAX_MARKERS:,} of {len(trades):,} trades." if len(trades) > MAX_MARKERS else ""
    held = frame(holding_time_chart(trades, currency), "P&L over holding time")
    return [
        card("P&L distribution", frame(distribution_chart(trades, currency), "Histogram of P&L"), wide=False),
        card("P&L vs holding time", held, note=note, wide=False),
        card("Cost attribution", frame(cost_attribution_chart(result["costs"], currency), "Costs as a waterfall")),
    ]


def best_and_worst(result: JsonObject) -> list[Html]:
    """Return the twenty best and the twenty worst trades, or one table when there are no more than twenty."""
    ranked = sorted(result["trades"], key=lambda trade: (-trade["pnl"], trade["id"]))
    if not ranked:
        return []
    if len(ranked) <= _MOST:
        return [_trades("All trades, best first", ranked, result["currency"])]
    worst = ranked[: -min(_MOST, len(ranked) - _MOST) - 1 : -1]
    return [
        _trades(f"The {_MOST} best trades", ranked[:_MOST], result["currency"]),
        _trades(f"The {len(worst)} worst trades", worst, result["currency"]),
    ]


def open_positions(result: JsonObject) -> list[Html]:
    """Return the positions open at the end; nothing when all were closed."""
    return [_trades("Open positions at the end", result["open"], result["currency"])] if result["open"] else []


def _trades(title: str, trades: Sequence[JsonObject], currency: str) -> Html:
    rows = [
        [
            *(trade["instrument"], trade["side"].capitalize(), price(trade["quantity"])),
            *(when(trade["entry_time"]), price(trade["entry_price"])),
            *(when(trade["exit_time"]), price(trade["exit_price"])),
            "open" if trade["exit_time"] is None else duration(holding_time(trade)),
            *(trade["exit_reason"], number(trade["fees"]), number(trade["funding"], 2, sign=True)),
            signed(trade["pnl"], number(trade["pnl"], 2, sign=True)),
        ]
        for trade in trades
    ]
    return card(title, table(_HEADS, rows, title), note=f"Amounts in {currency}.")


def distribution_chart(trades: Sequence[Mapping[str, Any]], currency: str) -> Figure:
    """Return the histogram of P&L per trade, with an edge at zero so that no bar mixes gains and losses."""
    pnls = np.array([trade["pnl"] for trade in trades], dtype=np.float64)
    step = step_for(float(np.ptp(pnls)) or float(np.abs(pnls).max()) or 1.0)
    # A trade of exactly zero is no gain: bins are open on the left.
    numbers, counts = np.unique(np.ceil(pnls / step).astype(np.int64) - 1, return_counts=True)
    hover = f"%{{customdata[0]:,}} to %{{customdata[1]:,}} {currency}: %{{y}} trades<extra></extra>"
    traces = []
    for name, colour, rows in (("Gain +", "@gain", numbers >= 0), ("Loss \N{MINUS SIGN}", "@loss", numbers < 0)):
        edges = [[float(f"{left * step:.8g}"), float(f"{(left + 1) * step:.8g}")] for left in numbers[rows]]
        bars: Figure = {
            "type": "bar",
            "name": name,
            "x": plain((numbers[rows] + 0.5) * np.float64(step)),
            "y": counts[rows].tolist(),
        }
        bars |= {"width": step, "customdata": edges, "hovertemplate": hover}
        traces.append(bars | {"marker": {"color": colour, "line": {"color": "@paper", "width": 1}}})
    across, upward = (
        axis(f"P&L per trade, {currency}", type="linear", zeroline=True),
        axis("trades", rangemode="tozero"),
    )
    shown = [trace for trace in traces if trace["x"]]
    return figure(shown, bargap=0, barmode="overlay", xaxis=across, yaxis=upward)


def step_for(span: float) -> float:
    """Return the width of a bar, 1, 2 or 5 times a power of ten, so that about forty cover `span`."""
    rough = span / _BARS
    power = 10.0 ** math.floor(math.log10(rough))
    return float(next(factor for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9)) * power)


def holding_time_chart(trades: Sequence[Mapping[str, Any]], currency: str) -> Figure:
    """Return the scatter of P&L over holding time in hours, on a logarithmic axis; of many trades an even sample."""
    won, lost = winners_and_losers(evenly_sampled(trades))
    traces = [
        _dots("Gain +", won, "circle", "@gain", currency),
        _dots("Loss \N{MINUS SIGN}", lost, "x", "@loss", currency),
    ]
    shown = [trace for trace in traces if trace["x"]]
    return figure(shown, xaxis=axis("hours held", type="log"), yaxis=axis(currency, zeroline=True))


def _dots(name: str, trades: Sequence[Mapping[str, Any]], symbol: str, colour: str, currency: str) -> Figure:
    hours = [float(f"{max(holding_time(trade), SECOND) / HOUR:.5g}") for trade in trades]
    texts = [
        f"{trade['instrument']}, {trade['exit_reason']}<br>"
        f"<b>{amount(trade['pnl'], currency, sign=True)}</b> after {duration(holding_time(trade))}"
        for trade in trades
    ]
    marker = {"symbol": symbol, "size": 6 if len(trades) < 300 else 4, "color": colour, "opacity": 0.75}
    pnls = [trade["pnl"] for trade in trades]
    return scatter(name, hours, pnls, "%{text}<extra></extra>", text=texts, marker=marker)


def cost_attribution_chart(costs: Mapping[str, float], currency: str) -> Figure:
    """Return the waterfall: before costs, slippage, fees, funding, net."""
    names = ["Before costs", "Slippage", "Fees", "Funding", "Net"]
    values = [costs["before_costs"], -costs["slippage"], -costs["fees"], costs["funding"], costs["net"]]
    bars: Figure = {"type": "waterfall", "x": names, "y": values, "measure": ["absolute", *["relative"] * 3, "total"]}
    bars |= {"text": [number(value, 2, sign=True) for value in values], "textposition": "outside", "cliponaxis": False}
    for kind, colour in (("increasing", "@gain"), ("decreasing", "@loss"), ("totals", "@muted")):
        bars[kind] = {"marker": {"color": colour}}
    bars["connector"] = {"line": {"color": "@muted", "width": 1}}
    bars["hovertemplate"] = f"%{{x}}: %{{text}} {currency}<extra></extra>"
    return figure([bars], showlegend=False, xaxis={"type": "category"}, yaxis=axis(currency, zeroline=True))
