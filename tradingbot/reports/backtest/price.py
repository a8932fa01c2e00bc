# file: reports/backtest/price.py
"""Price chart of an instrument with every entry and exit on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.messages.formatting import amount, duration, price
from tradingbot.core.time import from_iso
from tradingbot.reports.backtest.reader import holding_time
from tradingbot.reports.charts import Figure, downsample, largest_by_pnl, millis, plain

_Trades = Sequence[Mapping[str, Any]]


def price_chart(columns: tuple[Ints, Floats, Floats, Floats], trades: _Trades, currency: str) -> Figure:
    """Return the chart of one instrument.

    Parameters
    ----------
    columns
        Bar times (int64 ns), lows, highs and closes.
    trades
        Closed trades in this instrument, as JSON holds them; of many the weightiest are drawn.
    """
    ts, low, high, close = columns
    stamps, values = downsample(ts, low, high, close)
    line = {
        "type": "scatter",
        "mode": "lines",
        "name": "Price",
        "x": millis(stamps),
        "y": plain(values),
        "line": {"color": "@muted", "width": 1},
        "hoverinfo": "skip",
    }
    shown = largest_by_pnl(trades)
    won, lost = [trade for trade in shown if trade["pnl"] > 0], [trade for trade in shown if trade["pnl"] <= 0]
    traces = [
        line,
        _paths(won, "@gain"),
        _paths(lost, "@loss"),
        _entries([trade for trade in shown if trade["side"] == "LONG"], "Long entry", "triangle-up"),
        _entries([trade for trade in shown if trade["side"] == "SHORT"], "Short entry", "triangle-down"),
        _exits(won, "Exit +", "circle", "@gain", currency),
        _exits(lost, "Exit \N{MINUS SIGN}", "x", "@loss", currency),
    ]
    return {"data": [trace for trace in traces if trace["x"]], "layout": {"hovermode": "closest"}}


def _paths(trades: _Trades, colour: str) -> dict[str, Any]:
    x: list[int | None] = []
    y: list[float | None] = []
    for trade in trades:
        x += [_milli(trade["entry_time"]), _milli(trade["exit_time"]), None]
        y += [trade["entry_price"], trade["exit_price"], None]
    line = {"color": colour, "width": 1, "dash": "dot"}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "hoverinfo": "skip", "showlegend": False}


def _entries(trades: _Trades, name: str, symbol: str) -> dict[str, Any]:
    texts = [f"{name} {price(trade['quantity'])} at {price(trade['entry_price'])}" for trade in trades]
    return _marks(name, trades, "entry", texts, {"symbol": symbol, "size": _size(len(trades), 9), "color": "@ink"})


def _exits(trades: _Trades, name: str, symbol: str, colour: str, currency: str) -> dict[str, Any]:
    texts = [
        f"{trade['side'].capitalize()}, out by {trade['exit_reason']} at {price(trade['exit_price'])}<br>"
        f"<b>{amount(trade['pnl'], currency, sign=True)}</b> after {duration(holding_time(trade))}"
        for trade in trades
    ]
    return _marks(name, trades, "exit", texts, {"symbol": symbol, "size": _size(len(trades), 7), "color": colour})


def _marks(name: str, trades: _Trades, end: str, texts: list[str], marker: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [_milli(trade[f"{end}_time"]) for trade in trades],
        "y": [trade[f"{end}_price"] for trade in trades],
        "text": texts,
        "hovertemplate": "%{text}<br>%{x|%Y-%m-%d %H:%M}<extra></extra>",
        "marker": marker | {"line": {"width": 1 if len(trades) < 400 else 0, "color": "@paper"}},
    }


def _size(count: int, usual: int) -> int:
    return usual if count < 100 else usual - 2 if count < 400 else usual - 4


def _milli(iso: str) -> int:
    return from_iso(iso) // 1_000_000
