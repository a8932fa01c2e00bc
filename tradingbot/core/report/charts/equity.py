# file: core/report/charts/equity.py
"""Equity against holding the instruments with the same money."""

from __future__ import annotations

import numpy as np

from tradingbot.core.portfolio.daily import Floats, Ints
from tradingbot.core.report.charts.figure import Figure, millis, plain, thin

__all__ = ["equity_chart"]


def equity_chart(ts: Ints, equity: Floats, hold: tuple[Ints, Floats] | None, currency: str) -> Figure:
    """Return the chart of `equity` (account currency at `ts`, int64 ns) and of `hold`, growth factors from one."""
    traces = [_line("Equity", *thin(ts, equity, equity, equity), {"color": "@gain", "width": 2}, currency)]
    if hold is not None and len(hold[0]) and len(equity):
        worth = np.asarray(hold[1], dtype=np.float64) * equity[0]
        line = {"color": "@muted", "width": 1.5, "dash": "dash"}
        traces.append(_line("Buy and hold", *thin(hold[0], worth, worth, worth), line, currency))
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
