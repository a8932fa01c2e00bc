# file: reports/calibration/rates.py
"""False-positive rate and power of the gate: names of the rules, rates with their intervals, charts against level and
edge.
"""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.messages.formatting import NONE, number, percent
from tradingbot.core.validation.calibration.record import NullCell, PowerCell, Share
from tradingbot.reports.charts import Figure

RULES = (
    ("verdict", "the verdict"),
    ("adjusted_p", "adjusted p alone"),
    ("thresholds", "the five thresholds alone"),
    ("own_p", "p without the other trials"),
    ("dsr", "DSR above 0.95"),
)
"""Fields of `Rates` and what they are called."""


def rate(share: Share, digits: int = 1) -> str:
    """Return a share in percent; a dash of none."""
    return percent(share.rate, digits) if share.n else NONE


def rate_with_interval(share: Share, digits: int = 1) -> str:
    """Return a share with its 95 % interval."""
    if not share.n:
        return NONE
    return f"{rate(share, digits)} ({number(share.low * 100, digits)} to {percent(share.high, digits)})"


def claim_word(holds: bool) -> str:
    """Return the word for a claim."""
    return "holds" if holds else "DOES NOT HOLD"


# Bars of all four would hide each other.
_BARRED = ("verdict", "adjusted_p")
_LOOKS = {
    "verdict": ("@gain", "circle", "solid"),
    "adjusted_p": ("@ink", "diamond", "dot"),
    "thresholds": ("@loss", "square", "dash"),
    "dsr": ("@muted", "triangle-up", "dashdot"),
}


def null_chart(cells: Sequence[NullCell], level: float) -> Figure:
    """Return the share of searches without an edge that got through, with exact 95 % bars, against `level`."""
    traces = []
    for rule, title in RULES:
        if rule not in _BARRED:
            continue
        shares = [getattr(cell.rates, rule) for cell in cells]
        traces.append(_points(title, [cell.name for cell in cells], shares, rule) | {"mode": "markers"})
    dashed = {"color": "@loss", "width": 1.5, "dash": "dash"}
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": level, "y1": level, "line": dashed}
    note = {"xref": "paper", "x": 0, "xanchor": "left", "y": level, "yanchor": "bottom", "showarrow": False}
    note |= {"text": f"level {percent(level, 0)}", "font": {"color": "@loss", "size": 11}}
    layout = {
        "hovermode": "closest",
        "xaxis": {"type": "category"},
        "yaxis": {"title": {"text": "searches that got through"}, "tickformat": ".0%", "rangemode": "tozero"},
        "scattermode": "group",
        "shapes": [line],
        "annotations": [note],
    }
    return {"data": traces, "layout": layout}


def power_chart(cells: Sequence[PowerCell]) -> Figure:
    """Return the share of edges let through by true Sharpe ratio, one line per rule.

    `cells` are one for each planted Sharpe ratio, ascending.
    """
    edges = [cell.planted for cell in cells]
    traces = [
        _points(title, edges, [getattr(cell.rates, rule) for cell in cells], rule)
        | {"mode": "lines+markers", "line": {"color": _LOOKS[rule][0], "width": 2, "dash": _LOOKS[rule][2]}}
        for rule, title in RULES
        if rule in _LOOKS
    ]
    layout = {
        "hovermode": "closest",
        "xaxis": {"type": "linear", "title": {"text": "true Sharpe ratio, annual"}, "dtick": 1},
        "yaxis": {"title": {"text": "searches that got through"}, "tickformat": ".0%", "range": [-0.02, 1.02]},
    }
    return {"data": traces, "layout": layout}


def _points(title: str, x: Sequence[object], shares: Sequence[Share], rule: str) -> Figure:
    colour, symbol, _ = _LOOKS[rule]
    bars = {
        "type": "data",
        "symmetric": False,
        "array": [round(share.high - share.rate, 5) for share in shares],
        "arrayminus": [round(share.rate - share.low, 5) for share in shares],
        "color": colour,
        "thickness": 1.5,
    }
    return {
        "type": "scatter",
        "name": title,
        "x": list(x),
        "y": [round(share.rate, 5) for share in shares],
        **({"error_y": bars} if rule in _BARRED else {}),
        "marker": {"color": colour, "symbol": symbol, "size": 9},
        "customdata": [[share.hits, share.n] for share in shares],
        "hovertemplate": f"{title}, %{{x}}: %{{customdata[0]}} of %{{customdata[1]}} (%{{y:.1%}})<extra></extra>",
    }
