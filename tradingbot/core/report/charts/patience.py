# file: core/report/charts/patience.py
"""Profit against the time a trade was held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tradingbot.core.portfolio.isotime import SECOND
from tradingbot.core.report.charts.figure import Figure, evenly
from tradingbot.core.report.phrase import amount, duration
from tradingbot.core.report.reading import holding

__all__ = ["patience_chart"]

_HOUR = 3600 * SECOND


def patience_chart(trades: Sequence[Mapping[str, Any]], currency: str) -> Figure:
    """Return the scatter of profit over holding time in hours, on a logarithmic axis; of many trades an even sample."""
    shown = evenly(trades)
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
        "x": [float(f"{max(holding(trade), SECOND) / _HOUR:.5g}") for trade in trades],
        "y": [trade["pnl"] for trade in trades],
        "text": [
            f"{trade['instrument']}, {trade['exit_reason']}<br>"
            f"<b>{amount(trade['pnl'], currency, sign=True)}</b> after {duration(holding(trade))}"
            for trade in trades
        ],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {"symbol": symbol, "size": 6 if len(trades) < 300 else 4, "color": colour, "opacity": 0.75},
    }
