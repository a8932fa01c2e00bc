# file: core/report/validation/charts/tornado.py
"""How much the Sharpe ratio changes when a parameter is moved, the parameter that matters most at the top."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.report.charts.figure import Figure
from tradingbot.core.report.phrase import number
from tradingbot.core.report.validation.record import Perturbation
from tradingbot.core.report.validation.wording import moved

__all__ = ["JOINT", "change", "ranked", "tornado_chart", "tornado_height"]

JOINT = "all together"


def change(item: Perturbation, before: float | None) -> float | None:
    """Return the Sharpe ratio of the moved run less the one `before`; None where either is undefined."""
    if item.measured is None or item.measured.sharpe is None or before is None:
        return None
    return item.measured.sharpe - before


def ranked(items: Sequence[Perturbation], before: float | None) -> list[Perturbation]:
    """Return the runs by parameter, the largest change first and the joint moves at the end, then by factor."""
    widest: dict[str, float] = {}
    for item in items:
        widest[item.parameter] = max(widest.get(item.parameter, 0.0), abs(change(item, before) or 0.0))
    return sorted(
        items, key=lambda item: (item.parameter == "all", -widest[item.parameter], item.parameter, item.factor)
    )


def tornado_chart(items: Sequence[Perturbation], before: float | None) -> Figure:
    """Return a bar for each move that ran, in the order of `ranked`."""
    drawn = [(item, gap) for item in ranked(items, before) if (gap := change(item, before)) is not None]
    gaps = [gap for _, gap in drawn]
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": [f"{JOINT if item.parameter == 'all' else item.parameter} {moved(item.factor)}" for item, _ in drawn],
        "x": [round(gap, 4) for gap in gaps],
        "text": [number(gap, 2, sign=True) for gap in gaps],
        "textposition": "outside",
        "textfont": {"color": "@soft", "size": 11},
        "cliponaxis": False,
        "marker": {"color": ["@loss" if gap < 0 else "@gain" for gap in gaps]},
        "hovertemplate": "%{y}: %{x:+.2f}",
    }
    across = {"type": "linear", "title": {"text": "Change of Sharpe"}, "range": _range(gaps), "showgrid": True}
    across |= {"zeroline": True}
    layout = {"showlegend": False, "hovermode": "closest", "bargap": 0.3, "xaxis": across}
    return {
        "data": [bars],
        "layout": layout | {"yaxis": {"type": "category", "autorange": "reversed", "showgrid": False}},
    }


def _range(gaps: Sequence[float]) -> list[float]:
    low, high = min([0.0, *gaps]), max([0.0, *gaps])
    # Beside the longest bars, and beside nought, there is room for a number.
    room = max(high - low, 0.05) * 0.13
    return [round(low - room, 4), round(high + room, 4)]


def tornado_height(items: Sequence[Perturbation]) -> int:
    """Return the height in pixels that leaves every bar its line."""
    return 90 + 22 * sum(item.measured is not None for item in items)
