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
    deepest = min(float(depth.min(initial=0.0)), -0.01)
    axis = {"tickformat": ".0%" if deepest < -0.05 else ".1%", "range": [round(deepest * 1.08, 6), 0]}
    return {"data": [area], "layout": {"showlegend": False, "yaxis": axis}}
