# file: core/report/charts/drawdown.py
"""How far equity was below its last peak."""

from __future__ import annotations

from tradingbot.core.portfolio.daily import Floats, Ints
from tradingbot.core.portfolio.drawdown import drawdowns
from tradingbot.core.report.charts.figure import Figure, millis, plain, thin

__all__ = ["drawdown_chart"]


def drawdown_chart(ts: Ints, equity: Floats) -> Figure:
    """Return the chart of the fall below the running peak, drawn downwards; `ts` are int64 ns."""
    depth = -drawdowns(equity)
    stamps, values = thin(ts, depth, depth, depth)
    area = {
        "type": "scatter",
        "mode": "lines",
        "name": "Drawdown",
        "x": millis(stamps),
        "y": plain(values),
        "line": {"color": "@loss", "width": 1.5},
        "fill": "tozeroy",
        "fillcolor": "@lossfill",
        "hovertemplate": "%{y:.2%}",
    }
    layout = {"showlegend": False, "yaxis": {"tickformat": ".0%" if _deep(depth) else ".1%", "rangemode": "tozero"}}
    return {"data": [area], "layout": layout}


def _deep(depth: Floats) -> bool:
    return bool(len(depth)) and float(depth.min()) < -0.05
