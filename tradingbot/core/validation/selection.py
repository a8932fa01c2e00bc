# file: core/validation/selection.py
"""Parameter selection on training days only, purged of the test."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tradingbot.core.config.backtest import BacktestConfig
from tradingbot.core.config.candidate import Grid
from tradingbot.core.config.load import build
from tradingbot.core.portfolio import ratios
from tradingbot.core.runtime.market import Plan
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.statistics.folds import Span, audit_purge, purge_mask
from tradingbot.core.time import DAY


@dataclass(frozen=True, slots=True)
class Combination:
    """One setting of the grid: its label, its values by path, and the plan with them."""

    label: str
    values: Mapping[str, Any]
    plan: Plan


@dataclass(frozen=True, slots=True)
class Selection:
    """The label training picked, what it showed there, and how many of its trades were purged."""

    label: str
    sharpe: float | None
    purged: int


def combinations(planned: Plan, grid: Grid) -> list[Combination]:
    """Return every combination of the grid's values, in the order they are written.

    Raises ConfigError when a value is not allowed.
    """
    found = []
    for number, values in enumerate(itertools.product(*grid.values.values()), start=1):
        chosen = dict(zip(grid.values, values, strict=True))
        raw = planned.config.model_dump(mode="json")
        for path, value in chosen.items():
            _put(raw, path.split("."), value)
        config = build(BacktestConfig, raw, f"recipe.values, combination {number}")
        text = ", ".join(f"{path.rsplit('.', 1)[-1]}={value}" for path, value in chosen.items())
        found.append(Combination(f"grid {number}: {text}", chosen, replace(planned, config=config)))
    return found


def select(
    records: Mapping[str, RunRecord], train: Sequence[Span], tests: Sequence[Span], embargo: int, days_per_year: int
) -> Selection:
    """Return the run of the best Sharpe ratio over the training days that are clean of the test.

    A day is a label of its own span; a trade's reaches from entry to exit. Days on which a trade was held that reaches
    into a test, and days within `embargo` ns after one, are left out; `audit` checks that independently. Ties go to the
    first.
    """
    best = Selection("", None, 0)
    for label, record in records.items():
        clean = _clean_days(record, train, tests, embargo)
        starts, ends = record.days[clean] - DAY, record.days[clean] - 1
        audit_purge(starts, ends, tests, embargo, f"training days of {label}")
        sharpe = ratios.sharpe(record.returns[clean], days_per_year)
        purged = int(
            np.count_nonzero(_in(record.entries, train) & ~purge_mask(record.entries, record.exits, tests, embargo))
        )
        better = best.label == "" or (sharpe is not None and (best.sharpe is None or sharpe > best.sharpe))
        if better:
            best = Selection(label, sharpe, purged)
    return best


def _clean_days(record: RunRecord, train: Sequence[Span], tests: Sequence[Span], embargo: int) -> np.ndarray:
    inside = _in(record.days - 1, train)
    clean = inside & purge_mask(record.days - DAY, record.days - 1, tests, embargo)
    leaking = ~purge_mask(record.entries, record.exits, tests, 0)
    for entry, exit_ in zip(record.entries[leaking], record.exits[leaking], strict=True):
        clean &= ~((record.days > entry) & (record.days - DAY <= exit_))
    return clean


def _in(ts: np.ndarray, spans: Sequence[Span]) -> np.ndarray:
    found = np.zeros(len(ts), dtype=bool)
    for span in spans:
        found |= (ts >= span.start) & (ts < span.end)
    return found


def _put(place: Any, keys: list[str], value: Any) -> None:
    for key in keys[:-1]:
        place = place[int(key)] if isinstance(place, list) else place.setdefault(key, {})
    place[keys[-1]] = value
