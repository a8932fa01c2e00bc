# file: reports/training/search.py
"""Hyperparameter search: the value of each trial, the best so far, and the settings of the best trials."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from tradingbot.core.messages.formatting import NONE, number
from tradingbot.learning.training.record import SearchTrial, TrainingRecord
from tradingbot.reports.charts import Figure, axis, figure, frame, scatter
from tradingbot.reports.markup import Html, card, numeric, remark, table, tag

_MOST = 10
_TITLE = "Hyperparameter search"
_NOTE = (
    "Each trial fits all models with other settings; its value is the net Sharpe ratio out of fold inside the training"
    " rows. The best of many looks better than it is: that is why every trial is in the trial ledger, and validation"
    " corrects for them."
)


def search(record: TrainingRecord) -> Html:
    """Return the trials by number, and the best of them with their settings."""
    recorded = number(record.trials_recorded, 0)
    counts = tag(
        "p", f"{recorded} trials of this training, those of its folds included, are on record.", class_="aside"
    )
    if not record.trials:
        return card(_TITLE, remark("No setting was searched."), counts, anchor="search")
    known = any(one.value is not None for one in record.trials)
    drawn = frame(trials_chart(record.trials), "Value of each trial and the best so far", 280) if known else None
    order = sorted(record.trials, key=lambda one: (one.value is None, -(one.value or 0.0), one.number))
    best = table([*numeric("Trial", "Net Sharpe"), ("Settings", "words")], map(_row, order[:_MOST]), "Best trials")
    return card(_TITLE, drawn, counts, best, note=_NOTE, anchor="search")


def trials_chart(trials: Sequence[SearchTrial]) -> Figure:
    """Return a dot for each trial that has a value, and a staircase through the best so far."""
    known = [(one.number, one.value) for one in sorted(trials, key=lambda one: one.number) if one.value is not None]
    numbers, values = [number for number, _ in known], [round(value, 4) for _, value in known]
    look = {"color": "@loss", "width": 2, "shape": "hv", "dash": "dash"}
    stairs = scatter("Best so far", numbers, list(accumulate(values, max)), "", "lines", line=look)
    marker = {"color": "@gain", "size": 8, "line": {"color": "@paper", "width": 1}}
    dots = scatter("Trial", numbers, values, "trial %{x}: %{y:.2f}<extra></extra>", marker=marker)
    across, upward = axis("trial", type="linear", tickformat="d"), axis("Net Sharpe", zeroline=True)
    return figure([stairs, dots], xaxis=across, yaxis=upward, showlegend=True)


def _row(one: SearchTrial) -> list[str]:
    values = {name: f"{value:.4g}" if isinstance(value, float) else value for name, value in one.settings.items()}
    settings = ", ".join(f"{name} = {value}" for name, value in sorted(values.items()))
    return [str(one.number), number(one.value), tag("code", settings) if settings else NONE]
