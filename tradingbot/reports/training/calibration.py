# file: reports/training/calibration.py
"""Probability calibration: reliability diagram, conformal coverage and abstention."""

from __future__ import annotations

from tradingbot.core.messages.formatting import NONE, number, percent
from tradingbot.learning.training.record import Calibration, TrainingRecord
from tradingbot.reports.charts import Figure, frame
from tradingbot.reports.markup import Html, card, table, tag
from tradingbot.reports.training.wording import strength_thresholds


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


_NOTE = (
    "Each dot is a bin of test rows, equally full but for ties: what was forecast for them and what then happened. On"
    " the dotted line a forecast is honest. The bar of each dot is two standard errors had rows been independent;"
    " labels overlap, so the true one is longer."
)


def calibration(record: TrainingRecord) -> Html:
    """Return the tiles, the diagram and its numbers."""
    found = record.calibration
    return card("Calibration", _tiles(record), *_diagram(found), note=_NOTE, anchor="calibration")


def _tiles(record: TrainingRecord) -> Html:
    found, steps = record.calibration, strength_thresholds(record.strengths)
    tiles = (
        ("Brier score", _change(found), "before and after calibration"),
        ("Coverage", percent(found.realised_coverage), f"{percent(found.promised_coverage)} was promised"),
        ("Abstained", percent(found.abstained), "of the test rows"),
        ("Trades from", percent(steps[0][1]) if steps else "never", _steps(steps)),
    )
    return tag("div", *(_tile(*tile) for tile in tiles), class_="tiles")


def _change(found: Calibration) -> str:
    if found.before is None and found.after is None:
        return NONE
    return f"{number(found.before, 4)} → {number(found.after, 4)}"


def _steps(steps: list[tuple[str, float]]) -> str:
    if not steps:
        return "the model abstains always"
    more = ", ".join(f"{name} from {percent(least)}" for name, least in steps[1:])
    return f"weak from there{', ' if more else ''}{more}"


def _tile(title: str, value: str, meaning: str) -> Html:
    parts = tag("p", title, class_="title"), tag("p", value, class_="value"), tag("p", meaning, class_="note")
    return tag("div", *parts, class_="tile")


def _diagram(found: Calibration) -> list[Html]:
    if not found.forecast:
        return [tag("p", "There is no forecast to compare with what happened.", class_="note")]
    heads = [("Forecast", "num"), ("Happened", "num"), ("Off by", "num"), ("Rows", "num")]
    rows = [
        [percent(said), percent(came), percent(came - said, sign=True), number(count, 0)]
        for said, came, count in zip(found.forecast, found.happened, found.counts, strict=True)
    ]
    drawn = frame(reliability_chart(found), "Forecast against what happened", 380)
    return [drawn, tag("details", tag("summary", "Numbers"), table(heads, rows, "Forecast and happened"))]
