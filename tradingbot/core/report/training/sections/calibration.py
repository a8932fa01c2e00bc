# file: core/report/training/sections/calibration.py
"""Whether a forecast of 60 % comes true 60 times in 100, and how often the model keeps silent."""

from __future__ import annotations

from tradingbot.core.report.charts.figure import frame
from tradingbot.core.report.markup import Html, card, table, tag
from tradingbot.core.report.phrase import NONE, number, percent
from tradingbot.core.report.training.charts.reliability import reliability_chart
from tradingbot.core.report.training.record import Calibration, TrainingRecord
from tradingbot.core.report.training.wording import since

__all__ = ["calibration"]

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
    found, steps = record.calibration, since(record.strengths)
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
