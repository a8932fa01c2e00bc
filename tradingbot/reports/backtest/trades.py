# file: reports/backtest/trades.py
"""Trades: best, worst and open ones as tables; charts of the P&L distribution, P&L vs holding time and cost
attribution.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tradingbot.core.messages.formatting import amount, duration, number, price, when
from tradingbot.core.time import SECOND
from tradingbot.reports.backtest.reader import JsonObject, holding_time
from tradingbot.reports.charts import Figure, evenly_sampled, plain
from tradingbot.reports.markup import Html, card, signed, table

_MOST = 20
_HEADS = [
    ("Instrument", ""),
    ("Side", ""),
    ("Quantity", "num"),
    ("Entry, UTC", ""),
    ("at", "num"),
    ("Exit, UTC", ""),
    ("at", "num"),
    ("Held", ""),
    ("Out by", ""),
    ("Fees", "num"),
    ("Funding", "num"),
    ("Profit", "num"),
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


def open_trades(result: JsonObject) -> list[Html]:
    """Return the positions open at the end; nothing when all were closed."""
    return [_trades("Still open at the end", result["open"], result["currency"])] if result["open"] else []


def _trades(title: str, trades: Sequence[JsonObject], currency: str) -> Html:
    return card(title, table(_HEADS, [_row(trade) for trade in trades], title), note=f"Amounts in {currency}.")


def _row(trade: JsonObject) -> list[str]:
    closed = trade["exit_time"] is not None
    return [
        trade["instrument"],
        trade["side"].capitalize(),
        price(trade["quantity"]),
        when(trade["entry_time"]),
        price(trade["entry_price"]),
        when(trade["exit_time"]),
        price(trade["exit_price"]),
        duration(holding_time(trade)) if closed else "open",
        trade["exit_reason"],
        number(trade["fees"]),
        number(trade["funding"], 2, sign=True),
        signed(trade["pnl"], number(trade["pnl"], 2, sign=True)),
    ]


_BARS = 40


def distribution_chart(trades: Sequence[Mapping[str, Any]], currency: str) -> Figure:
    """Return the histogram of profit per trade, with an edge at zero so that no bar mixes gains and losses."""
    pnls = np.array([trade["pnl"] for trade in trades], dtype=np.float64)
    step = step_for(float(np.ptp(pnls)) or float(np.abs(pnls).max()) or 1.0)
    # A trade of exactly zero is no gain: bins are open on the left.
    bins = np.ceil(pnls / step).astype(np.int64) - 1
    numbers, counts = np.unique(bins, return_counts=True)
    sides = [(numbers >= 0, "Gain +", "@gain"), (numbers < 0, "Loss \N{MINUS SIGN}", "@loss")]
    traces = [
        {
            "type": "bar",
            "name": name,
            "x": plain((numbers[rows] + 0.5) * step),
            "y": [int(count) for count in counts[rows]],
            "width": step,
            "marker": {"color": colour, "line": {"color": "@paper", "width": 1}},
            "customdata": [[float(f"{left * step:.8g}"), float(f"{(left + 1) * step:.8g}")] for left in numbers[rows]],
            "hovertemplate": f"%{{customdata[0]:,}} to %{{customdata[1]:,}} {currency}: %{{y}} trades<extra></extra>",
        }
        for rows, name, colour in sides
        if rows.any()
    ]
    layout = {
        "bargap": 0,
        "barmode": "overlay",
        "hovermode": "closest",
        "xaxis": {"type": "linear", "title": {"text": f"profit per trade, {currency}"}, "zeroline": True},
        "yaxis": {"title": {"text": "trades"}, "rangemode": "tozero"},
    }
    return {"data": traces, "layout": layout}


def step_for(span: float) -> float:
    """Return the width of a bar, 1, 2 or 5 times a power of ten, so that about forty cover `span`."""
    rough = span / _BARS
    power = 10.0 ** math.floor(math.log10(rough))
    return float(next(factor for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9)) * power)


_HOUR = 3600 * SECOND


def holding_time_chart(trades: Sequence[Mapping[str, Any]], currency: str) -> Figure:
    """Return the scatter of profit over holding time in hours, on a logarithmic axis; of many trades an even sample."""
    shown = evenly_sampled(trades)
    won, lost = [trade for trade in shown if trade["pnl"] > 0], [trade for trade in shown if trade["pnl"] <= 0]
    traces = [
        _dots("Gain +", won, "circle", "@gain", currency),
        _dots("Loss \N{MINUS SIGN}", lost, "x", "@loss", currency),
    ]
    layout = {
        "hovermode": "closest",
        "xaxis": {"type": "log", "title": {"text": "hours held"}},
        "yaxis": {"title": {"text": currency}, "zeroline": True},
    }
    return {"data": [trace for trace in traces if trace["x"]], "layout": layout}


def _dots(name: str, trades: Sequence[Mapping[str, Any]], symbol: str, colour: str, currency: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [float(f"{max(holding_time(trade), SECOND) / _HOUR:.5g}") for trade in trades],
        "y": [trade["pnl"] for trade in trades],
        "text": [
            f"{trade['instrument']}, {trade['exit_reason']}<br>"
            f"<b>{amount(trade['pnl'], currency, sign=True)}</b> after {duration(holding_time(trade))}"
            for trade in trades
        ],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {"symbol": symbol, "size": 6 if len(trades) < 300 else 4, "color": colour, "opacity": 0.75},
    }


def cost_attribution_chart(costs: Mapping[str, float], currency: str) -> Figure:
    """Return the waterfall: before costs, slippage, fees, funding, net."""
    steps = [
        ("Before costs", "absolute", costs["before_costs"]),
        ("Slippage", "relative", -costs["slippage"]),
        ("Fees", "relative", -costs["fees"]),
        ("Funding", "relative", costs["funding"]),
        ("Net", "total", costs["net"]),
    ]
    trace = {
        "type": "waterfall",
        "x": [name for name, _, _ in steps],
        "measure": [measure for _, measure, _ in steps],
        "y": [value for _, _, value in steps],
        "text": [number(value, 2, sign=True) for _, _, value in steps],
        "textposition": "outside",
        "cliponaxis": False,
        "increasing": {"marker": {"color": "@gain"}},
        "decreasing": {"marker": {"color": "@loss"}},
        "totals": {"marker": {"color": "@muted"}},
        "connector": {"line": {"color": "@muted", "width": 1}},
        "hovertemplate": f"%{{x}}: %{{text}} {currency}<extra></extra>",
    }
    layout = {
        "showlegend": False,
        "hovermode": "closest",
        "xaxis": {"type": "category"},
        "yaxis": {"title": {"text": currency}, "zeroline": True},
    }
    return {"data": [trace], "layout": layout}
