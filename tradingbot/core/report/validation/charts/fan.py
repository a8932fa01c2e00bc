# file: core/report/validation/charts/fan.py
"""Where the path might have gone: bands of bootstrapped paths, and the one that was realised."""

from __future__ import annotations

from tradingbot.core.report.charts.figure import Figure, millis, plain
from tradingbot.core.report.phrase import number
from tradingbot.core.report.validation.charts.days import dated
from tradingbot.core.report.validation.record import Fan

__all__ = ["fan_chart", "level"]


def fan_chart(fan: Fan) -> Figure:
    """Return the chart of `fan`: the outermost quantiles as the widest band, the middle one as a dashed line."""
    ranked = sorted(fan.quantiles, key=level)
    half = len(ranked) // 2
    traces: list[Figure] = []
    for depth in range(half):
        traces += _band(fan, ranked[depth], ranked[-1 - depth], "@fanwide" if depth == 0 else "@fannear")
    if len(ranked) % 2:
        middle = {"color": "@soft", "width": 1.5, "dash": "dash"}
        traces.append(_line(fan, "Middle path", fan.quantiles[ranked[half]], middle))
    traces.append(_line(fan, "Realised", fan.realised, {"color": "@gain", "width": 2}))
    axis = {"title": {"text": "Growth of 1"}, "tickformat": ".2f"}
    return {"data": traces, "layout": {"yaxis": axis}}


def level(name: str) -> float:
    """Return the quantile named `5`, `5%`, `p5` or `0.05` in percent."""
    value = float(name.strip("pP% "))
    return value * 100 if 0 < value < 1 else value


def _band(fan: Fan, low: str, high: str, fill: str) -> list[Figure]:
    share = number(level(high) - level(low), 0)
    edge = {"width": 0, "color": fill}
    under = _line(fan, f"{number(level(low), 0)} %", fan.quantiles[low], edge) | {"showlegend": False}
    over = _line(fan, f"{share} % of the paths", fan.quantiles[high], edge)
    return [under, over | {"fill": "tonexty", "fillcolor": fill}]


def _line(fan: Fan, name: str, values: tuple[float, ...], line: Figure) -> Figure:
    ts, drawn = dated(fan.days, values)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": millis(ts),
        "y": plain(drawn),
        "line": line,
        "hovertemplate": "%{y:.3f}",
    }
