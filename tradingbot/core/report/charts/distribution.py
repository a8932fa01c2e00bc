# file: core/report/charts/distribution.py
"""How often a trade made or lost how much."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tradingbot.core.report.charts.figure import Figure, plain

__all__ = ["distribution_chart", "step_for"]

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
