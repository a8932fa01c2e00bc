# file: reports/calibration/rates.py
"""False-positive rate and power of the gate: names of the rules, rates with confidence intervals, charts."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.messages.formatting import NONE, number, percent
from tradingbot.core.validation.calibration.record import NullCell, PowerCell, Share
from tradingbot.reports.charts import Figure, axis, figure, level, scatter

RULES = {
    "verdict": "Verdict",
    "adjusted_p": "Adjusted p-value alone",
    "thresholds": "Five thresholds alone",
    "own_p": "Unadjusted p-value",
    "dsr": "DSR above 0.95",
}
"""Fields of `Rates` and what they are called."""
# Bars of all four would hide each other.
_BARRED = ("verdict", "adjusted_p")
_LOOKS = {
    "verdict": ("@gain", "circle", "solid"),
    "adjusted_p": ("@ink", "diamond", "dot"),
    "thresholds": ("@loss", "square", "dash"),
    "dsr": ("@muted", "triangle-up", "dashdot"),
}


def rate(share: Share, digits: int = 1) -> str:
    """Return a share in percent; a dash of none."""
    return percent(share.rate, digits) if share.n else NONE


def rate_with_interval(share: Share, digits: int = 1) -> str:
    """Return a share with its 95 % interval."""
    between = f"({number(share.low * 100, digits)} to {percent(share.high, digits)})"
    return f"{rate(share, digits)} {between}" if share.n else NONE


def claim_word(holds: bool) -> str:
    """Return the result of a claim."""
    return "holds" if holds else "DOES NOT HOLD"


def null_chart(cells: Sequence[NullCell], significance: float) -> Figure:
    """Return the false-positive rate by cell, with exact 95 % bars, against the `significance` level."""
    names = [cell.name for cell in cells]
    traces = [_points(rule, names, [getattr(cell.rates, rule) for cell in cells], "markers") for rule in _BARRED]
    line = level(significance, f"significance level {percent(significance, 0)}", "@loss", left=True)
    upward = axis("false-positive rate", tickformat=".0%", rangemode="tozero")
    return figure(traces, scattermode="group", xaxis={"type": "category"}, yaxis=upward, **line)


def power_chart(cells: Sequence[PowerCell]) -> Figure:
    """Return the power by true Sharpe ratio, a line per rule; `cells` are by planted Sharpe ratio, ascending."""
    edges = [cell.planted for cell in cells]
    traces = [
        _points(rule, edges, [getattr(cell.rates, rule) for cell in cells], "lines+markers")
        | {"line": {"color": colour, "width": 2, "dash": dash}}
        for rule, (colour, _, dash) in _LOOKS.items()
    ]
    across = axis("true annual Sharpe ratio", type="linear", dtick=1)
    return figure(traces, xaxis=across, yaxis=axis("power", tickformat=".0%", range=[-0.02, 1.02]))


def _points(rule: str, x: Sequence[object], shares: Sequence[Share], mode: str) -> Figure:
    colour, symbol, _ = _LOOKS[rule]
    style: Figure = {"marker": {"color": colour, "symbol": symbol, "size": 9}}
    style["customdata"] = [[share.hits, share.n] for share in shares]
    if rule in _BARRED:
        above = [round(share.high - share.rate, 5) for share in shares]
        below = [round(share.rate - share.low, 5) for share in shares]
        bars = {"type": "data", "symmetric": False, "array": above, "arrayminus": below}
        style["error_y"] = bars | {"color": colour, "thickness": 1.5}
    hover = f"{RULES[rule]}, %{{x}}: %{{customdata[0]}} of %{{customdata[1]}} (%{{y:.1%}})<extra></extra>"
    return scatter(RULES[rule], x, [round(share.rate, 5) for share in shares], hover, mode, **style)
