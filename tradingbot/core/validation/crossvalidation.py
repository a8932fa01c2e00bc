# file: core/validation/crossvalidation.py
"""Combinatorial purged cross-validation, and the parameter selection on training days purged of the test."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tradingbot.core.arrays import BoolArray, Ints
from tradingbot.core.config.backtest import BacktestConfig
from tradingbot.core.config.candidate import Grid
from tradingbot.core.config.load import build
from tradingbot.core.portfolio import ratios
from tradingbot.core.runtime.market import Plan
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.statistics.folds import Span, audit_purge, groups, midnights, paths, purge_mask, splits, whole_days
from tradingbot.core.time import DAY
from tradingbot.core.validation.evidence import evidence_of, pooled
from tradingbot.core.validation.record import Path


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
    made = []
    for number, values in enumerate(itertools.product(*grid.values.values()), start=1):
        chosen = dict(zip(grid.values, values, strict=True))
        raw = planned.config.model_dump(mode="json")
        for path, value in chosen.items():
            _put(raw, path.split("."), value)
        config = build(BacktestConfig, raw, f"recipe.values, combination {number}")
        text = ", ".join(f"{path.rsplit('.', 1)[-1]}={value}" for path, value in chosen.items())
        made.append(Combination(f"grid {number}: {text}", chosen, replace(planned, config=config)))
    return made


def select(
    records: Mapping[str, RunRecord], train: Sequence[Span], tests: Sequence[Span], embargo: int, days_per_year: int
) -> Selection:
    """Return the run of the best Sharpe ratio over the training days that are clean of the test.

    A day is a label of its own span; a trade's reaches from entry to exit. Days on which a trade was held that reaches
    into a test, and days within `embargo` ns after one, are left out; `audit_purge` checks that independently. Ties go
    to the first.
    """
    picks = []
    for label, record in records.items():
        clean = _clean_days(record, train, tests, embargo)
        audit_purge(record.days[clean] - DAY, record.days[clean] - 1, tests, embargo, f"training days of {label}")
        leaking = ~purge_mask(record.entries, record.exits, tests, embargo)
        purged = int(np.count_nonzero(_in(record.entries, train) & leaking))
        picks.append(Selection(label, ratios.sharpe(record.returns[clean], days_per_year), purged))
    return max(picks, key=lambda pick: -math.inf if pick.sharpe is None else pick.sharpe)


def cross_validate(
    records: Mapping[str, RunRecord], cut: int, tested: int, embargo: int, days_per_year: int
) -> tuple[Path, ...]:
    """Return the out-of-sample paths: choose on every split's purged and embargoed training, test on its groups.

    With 10 groups of which 2 are tested there are 45 splits and 9 paths. Source: Lopez de Prado (2018), chapter 12.
    """
    first = next(iter(records.values()))
    spans = midnights(groups(*whole_days(first.start, first.end), cut))
    picked = []
    for split in splits(cut, tested):
        tests = [spans[number] for number in split]
        train = [span for number, span in enumerate(spans) if number not in split]
        picked.append(select(records, train, tests, embargo, days_per_year).label)
    walked = []
    for number, row in enumerate(paths(cut, tested), start=1):
        part = pooled([evidence_of(records[picked[split]], spans[group]) for group, split in enumerate(row)])
        walked.append(
            Path(
                number=number,
                sharpe=ratios.sharpe(part.returns, days_per_year),
                total_return=float(part.growth[-1] - 1),
                max_drawdown=part.drawdown,
            )
        )
    return tuple(walked)


def _clean_days(record: RunRecord, train: Sequence[Span], tests: Sequence[Span], embargo: int) -> BoolArray:
    clean = _in(record.days - 1, train) & purge_mask(record.days - DAY, record.days - 1, tests, embargo)
    leaking = ~purge_mask(record.entries, record.exits, tests, 0)
    for entry, exit_ in zip(record.entries[leaking], record.exits[leaking], strict=True):
        clean &= ~((record.days > entry) & (record.days - DAY <= exit_))
    return clean


def _in(ts: Ints, spans: Sequence[Span]) -> BoolArray:
    inside: BoolArray = np.logical_or.reduce([(ts >= span.start) & (ts < span.end) for span in spans])
    return inside


def _put(place: Any, keys: list[str], value: Any) -> None:
    for key in keys[:-1]:
        place = place[int(key)] if isinstance(place, list) else place.setdefault(key, {})
    place[keys[-1]] = value
