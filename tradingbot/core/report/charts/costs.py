# file: core/report/charts/costs.py
"""Where the profit went: from price profit at mid prices down to what is left."""

from __future__ import annotations

from collections.abc import Mapping

from tradingbot.core.report.charts.figure import Figure
from tradingbot.core.report.phrase import number

__all__ = ["costs_chart"]


def costs_chart(costs: Mapping[str, float], currency: str) -> Figure:
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
