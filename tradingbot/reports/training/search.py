# file: reports/training/search.py
"""Hyperparameter search: the value of each trial, the best so far, and what was chosen."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.messages.formatting import NONE, number
from tradingbot.learning.training.record import SearchTrial, TrainingRecord
from tradingbot.reports.charts import Figure, frame
from tradingbot.reports.markup import Html, card, table, tag


def trials_chart(trials: Sequence[SearchTrial]) -> Figure:
    """Return a dot for each trial that has a value, and a staircase through the best so far."""
    known = [(one.number, one.value) for one in sorted(trials, key=lambda one: one.number) if one.value is not None]
    numbers, values = [number for number, _ in known], [round(value, 4) for _, value in known]
    best = [max(values[: place + 1]) for place in range(len(values))]
    stairs = {
        "type": "scatter",
        "mode": "lines",
        "name": "Best so far",
        "x": numbers,
        "y": best,
        "line": {"color": "@loss", "width": 2, "shape": "hv", "dash": "dash"},
        "hoverinfo": "skip",
    }
    dots = {
        "type": "scatter",
        "mode": "markers",
        "name": "Trial",
        "x": numbers,
        "y": values,
        "marker": {"color": "@gain", "size": 8, "line": {"color": "@paper", "width": 1}},
        "hovertemplate": "trial %{x}: %{y:.2f}<extra></extra>",
    }
    layout = {
        "hovermode": "closest",
        "xaxis": {"type": "linear", "title": {"text": "trial"}, "tickformat": "d"},
        "yaxis": {"title": {"text": "Net Sharpe"}, "zeroline": True},
        "showlegend": True,
    }
    return {"data": [stairs, dots], "layout": layout}


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
