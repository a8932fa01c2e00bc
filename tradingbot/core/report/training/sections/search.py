# file: core/report/training/sections/search.py
"""What the search tried, and what it chose."""

from __future__ import annotations

from tradingbot.core.report.charts.figure import frame
from tradingbot.core.report.markup import Html, card, table, tag
from tradingbot.core.report.phrase import NONE, number
from tradingbot.core.report.training.charts.trials import trials_chart
from tradingbot.core.report.training.record import SearchTrial, TrainingRecord

__all__ = ["search"]

_TITLE = "Search"
_NOTE = (
    "Each trial fits all models with other settings; its value is the net Sharpe ratio out of fold inside the training"
    " rows. The best of many looks better than it is: that is why every trial is in the ledger, and validation"
    " corrects for them."
)
_MOST = 10


def search(record: TrainingRecord) -> Html:
    """Return the trials by number, and the best of them with their settings."""
    counted = (
        f"{number(record.trials_recorded, 0)} trials of this training, those of its folds included, are on record."
    )
    said = tag("p", counted, class_="aside")
    if not record.trials:
        return card(_TITLE, tag("p", "No setting was searched.", class_="note"), said, anchor="search")
    known = any(one.value is not None for one in record.trials)
    drawn = frame(trials_chart(record.trials), "Value of each trial and the best so far", 280) if known else None
    return card(_TITLE, drawn, said, _best(record), note=_NOTE, anchor="search")


def _best(record: TrainingRecord) -> Html:
    order = sorted(record.trials, key=lambda one: (one.value is None, -(one.value or 0.0), one.number))
    heads = [("Trial", "num"), ("Net Sharpe", "num"), ("Settings", "words")]
    return table(heads, [_row(one) for one in order[:_MOST]], "Best trials")


def _row(one: SearchTrial) -> list[str]:
    settings = ", ".join(f"{name} = {_setting(value)}" for name, value in sorted(one.settings.items()))
    return [str(one.number), number(one.value), tag("code", settings) if settings else NONE]


def _setting(value: float | int) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
