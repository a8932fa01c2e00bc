# file: reports/charts.py
"""Charts: the figure on a page, downsampling that keeps extremes, a time axis from days, and the drawdown chart that
backtest and validation share.

A chart is Plotly's own JSON. Its colours are names such as `@gain`, which the page's script replaces by those of the
style sheet, so that one chart serves light, dark and paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.portfolio.drawdown import drawdowns
from tradingbot.core.time import DAY
from tradingbot.reports.markup import Html, embedded, tag

Figure = dict[str, Any]

MAX_POINTS = 5000
MAX_MARKERS = 2000
_MILLI = 1_000_000


def frame(figure: Figure, label: str, height: int = 360) -> Html:
    """Return the place of a chart on the page; `label` says to a screen reader what it shows."""
    plot = tag("div", class_="plot", role="img", aria_label=label, style=f"height:{height}px")
    return tag("figure", plot, embedded(figure), class_="chart")


def millis(ts: Ints) -> list[int]:
    """Return nanoseconds as the milliseconds Plotly's date axes count in."""
    return [int(stamp) // _MILLI for stamp in ts]


def plain(values: Floats) -> list[float]:
    """Return numbers to eight significant digits: more than a screen shows, less than a file suffers from."""
    return [float(f"{value:.8g}") for value in values]


def downsample(ts: Ints, low: Floats, high: Floats, last: Floats, most: int = MAX_POINTS) -> tuple[Ints, Floats]:
    """Return at most `most` points of a line that still touches every extreme.

    Short series keep their `last` values. Longer ones are cut into equal runs of rows, each of which leaves its lowest
    `low` and its highest `high` in the order they came; the first and the last value stay.

    Parameters
    ----------
    ts
        int64 ns, ascending.
    low, high, last
        float64 of the same length: the range and the end of each row; the same array three times for a bare line.
    """
    if len(ts) <= most:
        return ts, last
    edges = np.linspace(0, len(ts), (most - 2) // 2 + 1).astype(np.int64)
    stamps, values = [ts[:1]], [last[:1]]
    for left, right in pairwise(edges.tolist()):
        bottom, top = left + int(np.argmin(low[left:right])), left + int(np.argmax(high[left:right]))
        pair = [(bottom, low[bottom]), (top, high[top])]
        stamps.append(ts[sorted((bottom, top))])
        values.append(np.array([value for _, value in sorted(pair, key=lambda item: item[0])]))
    return np.concatenate([*stamps, ts[-1:]]), np.concatenate([*values, last[-1:]])


def evenly_sampled(trades: Sequence[Mapping[str, Any]], most: int = MAX_MARKERS) -> list[Mapping[str, Any]]:
    """Return `most` trades spread evenly over the list, for charts in which leaving out the small ones would lie."""
    rows = np.unique(np.linspace(0, len(trades) - 1, min(most, len(trades))).round().astype(np.int64))
    return [trades[row] for row in rows.tolist()]


def largest_by_pnl(trades: Sequence[Mapping[str, Any]], most: int = MAX_MARKERS) -> list[Mapping[str, Any]]:
    """Return the `most` trades that made or lost most, in their old order."""
    if len(trades) <= most:
        return list(trades)
    kept = sorted(range(len(trades)), key=lambda row: (-abs(trades[row]["pnl"]), row))[:most]
    return [trades[row] for row in sorted(kept)]


def dated_series(days: Sequence[str], values: Sequence[float]) -> tuple[Ints, Floats]:
    """Return ISO days as int64 ns and their values as float64, aligned at the last day.

    A series one longer than its days has its starting value in front, which is drawn a day before the first.
    """
    ts = np.array(days, dtype="datetime64[D]").astype("datetime64[ns]").astype(np.int64)
    if len(ts) and len(values) == len(ts) + 1:
        ts = np.concatenate([ts[:1] - DAY, ts])
    both = min(len(ts), len(values))
    return ts[len(ts) - both :], np.array(values, dtype=np.float64)[len(values) - both :]


def drawdown_chart(ts: Ints, equity: Floats) -> Figure:
    """Return the chart of the fall below the running peak, drawn downwards; `ts` are int64 ns."""
    depth = -drawdowns(equity)
    stamps, values = downsample(ts, depth, depth, depth)
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
