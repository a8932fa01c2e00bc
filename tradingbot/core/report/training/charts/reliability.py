# file: core/report/training/charts/reliability.py
"""What was forecast against what happened, bin by bin."""

from __future__ import annotations

from tradingbot.core.report.charts.figure import Figure
from tradingbot.core.report.training.record import Calibration

__all__ = ["reliability_chart"]


def reliability_chart(found: Calibration) -> Figure:
    """Return the reliability diagram on the part of the unit square that the forecasts fill."""
    errors = [_error(came, count) for came, count in zip(found.happened, found.counts, strict=True)]
    low, high = _span(found, errors)
    honest = {
        "type": "scatter",
        "mode": "lines",
        "name": "Honest",
        "x": [low, high],
        "y": [low, high],
        "line": {"color": "@muted", "width": 1.5, "dash": "dot"},
        "hoverinfo": "skip",
    }
    axis = {"tickformat": ".0%" if high - low > 0.1 else ".1%", "range": [low, high]}
    layout = {
        "hovermode": "closest",
        "xaxis": axis | {"type": "linear", "title": {"text": "forecast"}, "showgrid": True},
        "yaxis": axis | {"title": {"text": "happened"}},
        "showlegend": True,
    }
    return {"data": [honest, _bins(found, errors)], "layout": layout}


def _bins(found: Calibration, errors: list[float]) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "Model",
        "x": [round(value, 5) for value in found.forecast],
        "y": [round(value, 5) for value in found.happened],
        "error_y": {"type": "data", "array": errors, "color": "@gain", "thickness": 1.25, "width": 4},
        "customdata": list(found.counts),
        "line": {"color": "@gain", "width": 1.5},
        "marker": {"color": "@gain", "size": 8, "line": {"color": "@paper", "width": 1}},
        "hovertemplate": "forecast %{x:.1%}, happened %{y:.1%} of %{customdata:,} rows<extra></extra>",
    }


def _error(share: float, count: int) -> float:
    # Two standard errors of a share; that of a bin without rows is nought.
    return round(2 * (share * (1 - share) / count) ** 0.5, 5) if count and 0 <= share <= 1 else 0.0


def _span(found: Calibration, errors: list[float]) -> tuple[float, float]:
    ends = [
        *found.forecast,
        *(came + side * error for came, error in zip(found.happened, errors, strict=True) for side in (-1, 1)),
    ]
    low, high = min(ends), max(ends)
    room = max(0.05 * (high - low), 0.005)
    return round(max(low - room, 0.0), 4), round(min(high + room, 1.0), 4)
