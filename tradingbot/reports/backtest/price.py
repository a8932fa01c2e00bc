# file: reports/backtest/price.py
"""Price chart of an instrument with every entry and exit on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.messages.formatting import amount, counted, duration, price
from tradingbot.core.time import from_iso
from tradingbot.reports.backtest.reader import JsonObject, holding_time, winners_and_losers
from tradingbot.reports.charts import (
    MAX_MARKERS,
    Figure,
    downsample,
    figure,
    frame,
    largest_by_pnl,
    millis,
    plain,
    scatter,
)
from tradingbot.reports.markup import Html, card, details

Bars = tuple[Ints, Floats, Floats, Floats]
"""Times (int64 UTC ns), lows, highs and closes (float64) of an instrument's bars."""
_Trades = Sequence[JsonObject]


def price_charts(result: JsonObject, prices: Mapping[str, Bars]) -> list[Html]:
    """Return a chart for each instrument that has `prices`, the first one opened; nothing without any."""
    charts: list[Html] = []
    for instrument in filter(prices.__contains__, result["instruments"]):
        trades = [trade for trade in result["trades"] if trade["instrument"] == instrument]
        label = f"{instrument}: {counted(len(trades), 'trade')}"
        if len(trades) > MAX_MARKERS:
            label += f", drawn the {MAX_MARKERS:,} that made or lost most"
        drawn = frame(price_chart(prices[instrument], trades, result["currency"]), f"Price of {label}", 440)
        charts.append(details(label, drawn, opened=not charts))
    note = "On a large screen: drag to zoom, double-click to go back."
    return [card("Entries and exits", *charts, note=note)] if charts else []


def price_chart(bars: Bars, trades: _Trades, currency: str) -> Figure:
    """Return the chart of one instrument with its closed `trades`; of many those that made or lost most."""
    stamps, values = downsample(*bars)
    shown = largest_by_pnl(trades)
    won, lost = winners_and_losers(shown)
    line = {"color": "@muted", "width": 1}
    traces = [
        scatter("Price", millis(stamps), plain(values), "", "lines", line=line),
        _paths(won, "@gain"),
        _paths(lost, "@loss"),
        _entries([trade for trade in shown if trade["side"] == "LONG"], "Long entry", "triangle-up"),
        _entries([trade for trade in shown if trade["side"] == "SHORT"], "Short entry", "triangle-down"),
        _exits(won, "Exit +", "circle", "@gain", currency),
        _exits(lost, "Exit \N{MINUS SIGN}", "x", "@loss", currency),
    ]
    return figure([trace for trace in traces if trace["x"]])


def _paths(trades: _Trades, colour: str) -> Figure:
    x = [at for trade in trades for at in (_milli(trade["entry_time"]), _milli(trade["exit_time"]), None)]
    y = [at for trade in trades for at in (trade["entry_price"], trade["exit_price"], None)]
    return scatter("", x, y, "", "lines", line={"color": colour, "width": 1, "dash": "dot"}, showlegend=False)


def _entries(trades: _Trades, name: str, symbol: str) -> Figure:
    texts = [f"{name} {price(trade['quantity'])} at {price(trade['entry_price'])}" for trade in trades]
    return _marks(name, trades, "entry", texts, {"symbol": symbol, "size": _size(len(trades), 9), "color": "@ink"})


def _exits(trades: _Trades, name: str, symbol: str, colour: str, currency: str) -> Figure:
    texts = [
        f"{trade['side'].capitalize()}, exit by {trade['exit_reason']} at {price(trade['exit_price'])}<br>"
        f"<b>{amount(trade['pnl'], currency, sign=True)}</b> after {duration(holding_time(trade))}"
        for trade in trades
    ]
    return _marks(name, trades, "exit", texts, {"symbol": symbol, "size": _size(len(trades), 7), "color": colour})


def _marks(name: str, trades: _Trades, end: str, texts: list[str], marker: dict[str, Any]) -> Figure:
    x, y = [_milli(trade[f"{end}_time"]) for trade in trades], [trade[f"{end}_price"] for trade in trades]
    edge = {"line": {"width": 1 if len(trades) < 400 else 0, "color": "@paper"}}
    hover = "%{text}<br>%{x|%Y-%m-%d %H:%M}<extra></extra>"
    return scatter(name, x, y, hover, text=texts, marker=marker | edge)


def _size(count: int, usual: int) -> int:
    return usual if count < 100 else usual - 2 if count < 400 else usual - 4


def _milli(iso: str) -> int:
    return from_iso(iso) // 1_000_000
