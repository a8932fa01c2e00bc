# file: reports/training/calibration.py
"""Probability calibration: reliability diagram, Brier score, conformal coverage and abstention."""

from __future__ import annotations

from tradingbot.core.messages.formatting import NONE, number, percent
from tradingbot.learning.training.record import Calibration, TrainingRecord
from tradingbot.reports.charts import Figure, axis, figure, frame, rounded, scatter
from tradingbot.reports.markup import Html, card, details, numeric, remark, table, tiles
from tradingbot.reports.training.wording import strength_thresholds

_NOTE = (
    "Each dot is a bin of out-of-fold rows, equally full but for ties: the forecast probability and the observed"
    " frequency. The dotted line is perfect calibration. The bar of each dot is two standard errors for independent"
    " rows; labels overlap, so the true one is longer."
)


def calibration(record: TrainingRecord) -> Html:
    """Return the tiles, the reliability diagram and its numbers."""
    measured, steps = record.calibration, strength_thresholds(record.strengths)
    known = measured.before is not None or measured.after is not None
    brier = f"{number(measured.before, 4)} → {number(measured.after, 4)}" if known else NONE
    strengths = ", ".join(["weak from there", *(f"{name} from {percent(least)}" for name, least in steps[1:])])
    head = tiles(
        ("Brier score", brier, "before and after calibration"),
        ("Coverage", percent(measured.realised_coverage), f"target {percent(measured.promised_coverage)}"),
        ("Abstained", percent(measured.abstained), "of the test rows"),
        ("Threshold", percent(steps[0][1]) if steps else "none", strengths if steps else "the model never trades"),
    )
    return card("Calibration", head, *_diagram(measured), note=_NOTE, anchor="calibration")


def reliability_chart(measured: Calibration) -> Figure:
    """Return the reliability diagram on the part of the unit square that the forecasts fill."""
    bins = list(zip(measured.forecast, measured.happened, measured.counts, strict=True))
    errors = [_error(observed, count) for _, observed, count in bins]
    pairs = list(zip(measured.happened, errors, strict=True))
    ends = [*measured.forecast, *(share - error for share, error in pairs), *(share + error for share, error in pairs)]
    room = max(0.05 * (max(ends) - min(ends)), 0.005)
    low, high = round(max(min(ends) - room, 0.0), 4), round(min(max(ends) + room, 1.0), 4)
    line = {"color": "@muted", "width": 1.5, "dash": "dot"}
    dots = scatter(
        "Model",
        rounded(measured.forecast, 5),
        rounded(measured.happened, 5),
        "forecast %{x:.1%}, observed %{y:.1%} of %{customdata:,} rows<extra></extra>",
        "lines+markers",
        error_y={"type": "data", "array": errors, "color": "@gain", "thickness": 1.25, "width": 4},
        customdata=list(measured.counts),
        line={"color": "@gain", "width": 1.5},
        marker={"color": "@gain", "size": 8, "line": {"color": "@paper", "width": 1}},
    )
    diagonal = scatter("Perfectly calibrated", [low, high], [low, high], "", "lines", line=line)
    scale = {"tickformat": ".0%" if high - low > 0.1 else ".1%", "range": [low, high]}
    across = axis("forecast", type="linear", showgrid=True, **scale)
    return figure([diagonal, dots], xaxis=across, yaxis=axis("observed", **scale), showlegend=True)


def _error(share: float, count: int) -> float:
    # Two standard errors of a share; that of a bin without rows is zero.
    return round(2 * (share * (1 - share) / count) ** 0.5, 5) if count and 0 <= share <= 1 else 0.0


def _diagram(measured: Calibration) -> list[Html]:
    if not measured.forecast:
        return [remark("There is no forecast to compare with what was observed.")]
    rows = [
        [percent(forecast), percent(observed), percent(observed - forecast, sign=True), number(count, 0)]
        for forecast, observed, count in zip(measured.forecast, measured.happened, measured.counts, strict=True)
    ]
    title = "Forecast and observed frequency"
    drawn = frame(reliability_chart(measured), title, 380)
    return [drawn, details("Numbers", table(numeric("Forecast", "Observed", "Difference", "Rows"), rows, title))]
