# file: core/report/charts/figure.py
"""What all charts share: the frame on the page, colours by name, and points thinned without losing extremes.

A chart is Plotly's own JSON. Its colours are names such as `@gain`, which the page's script replaces by those of the
style sheet, so that one chart serves light, dark and paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from tradingbot.core.portfolio.daily import Floats, Ints
from tradingbot.core.report.markup import Html, embedded, tag

__all__ = ["MOST_MARKS", "MOST_POINTS", "Figure", "evenly", "frame", "millis", "plain", "thin", "weightiest"]

Figure = dict[str, Any]

MOST_POINTS = 5000
MOST_MARKS = 2000
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


def thin(ts: Ints, low: Floats, high: Floats, last: Floats, most: int = MOST_POINTS) -> tuple[Ints, Floats]:
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


def evenly(trades: Sequence[Mapping[str, Any]], most: int = MOST_MARKS) -> list[Mapping[str, Any]]:
    """Return `most` trades spread evenly over the list, for charts in which leaving out the small ones would lie."""
    rows = np.unique(np.linspace(0, len(trades) - 1, min(most, len(trades))).round().astype(np.int64))
    return [trades[row] for row in rows.tolist()]


def weightiest(trades: Sequence[Mapping[str, Any]], most: int = MOST_MARKS) -> list[Mapping[str, Any]]:
    """Return the `most` trades that made or lost most, in their old order."""
    if len(trades) <= most:
        return list(trades)
    kept = sorted(range(len(trades)), key=lambda row: (-abs(trades[row]["pnl"]), row))[:most]
    return [trades[row] for row in sorted(kept)]
