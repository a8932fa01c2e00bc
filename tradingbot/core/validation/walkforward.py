# file: core/validation/walkforward.py
"""Walk-forward test: choose on the past, follow into the next fold, pool the folds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tradingbot.core.config.backtest import ModelUse
from tradingbot.core.runtime.market import Plan
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.statistics.folds import groups, midnights, walk_forward, whole_days
from tradingbot.core.time import DAY, to_iso
from tradingbot.core.validation.evidence import Evidence, evidence_of, pooled, run_stats
from tradingbot.core.validation.record import Fold
from tradingbot.core.validation.selection import select
from tradingbot.learning.models.artefact import save
from tradingbot.learning.models.currentmodel import MODELS, models_root
from tradingbot.learning.training.foldtrainer import FoldResult
from tradingbot.learning.training.scores import net_of_model


@dataclass(frozen=True, slots=True)
class WalkForward:
    """The folds and their pooled out-of-sample evidence."""

    folds: tuple[Fold, ...]
    evidence: Evidence


def fixed_walk_forward(record: RunRecord, folds: int, days_per_year: int) -> WalkForward:
    """Cut the one run of a candidate that trains nothing into folds; all of its days are evidence."""
    spans = midnights(groups(*whole_days(record.start, record.end), folds))
    found = [
        Fold(
            number=number,
            train_start=to_iso(record.start),
            train_end=to_iso(span.start),
            test_start=to_iso(span.start),
            test_end=to_iso(span.end),
            purged=0,
            candidates=1,
            chosen={},
            in_sample_sharpe=None,
            test=run_stats(evidence_of(record, span), days_per_year),
        )
        for number, span in enumerate(spans, start=1)
    ]
    return WalkForward(tuple(found), evidence_of(record))


def trained_walk_forward(
    records: Mapping[str, RunRecord],
    chosen: Mapping[str, Mapping[str, Any]],
    folds: int,
    embargo: int,
    days_per_year: int,
) -> WalkForward:
    """Choose in each fold by the days before it alone, and keep what the choice did in it.

    A run is causal, so its days inside a fold are what a run with those parameters does there, positions and warm
    indicators included. `chosen` are the values by label.
    """
    first = next(iter(records.values()))
    start, end = whole_days(first.start, first.end)
    found, parts = [], []
    for fold in walk_forward(start, end, folds, purge=0, embargo=embargo):
        train, test = midnights([fold.train, fold.test])
        picked = select(records, [train], [test], embargo, days_per_year)
        part = evidence_of(records[picked.label], test)
        parts.append(part)
        found.append(
            Fold(
                number=fold.number,
                train_start=to_iso(train.start),
                train_end=to_iso(train.end),
                test_start=to_iso(test.start),
                test_end=to_iso(test.end),
                purged=picked.purged,
                candidates=len(records),
                chosen={path.rsplit(".", 1)[-1]: value for path, value in chosen[picked.label].items()},
                in_sample_sharpe=picked.sharpe,
                test=run_stats(part, days_per_year),
            )
        )
    return WalkForward(tuple(found), pooled(parts))


def schedule_fold_models(planned: Plan, taught: Sequence[FoldResult], memory: int, step_ns: int) -> Plan:
    """Return the plan with each fold's model in force in its test, and no time before but what features need.

    `memory` is in bars of `step_ns`.
    """
    uses = [
        ModelUse(
            path=f"{MODELS}/{save(fold.lesson.artefact, models_root()).name}",
            start=_moment(fold.test.start),
            end=_moment(fold.test.end),
        )
        for fold in taught
    ]
    # A day more: a run that begins knows no funding until the first settlement.
    warm = taught[0].test.start - (memory + 1) * step_ns - DAY
    start = _moment(warm // DAY * DAY)
    own = planned.config.start
    config = planned.config.model_copy(
        update={"models": tuple(uses), "start": start if own is None else max(own, start)}
    )
    return replace(planned, config=config)


def fold_models_walk(record: RunRecord, taught: Sequence[FoldResult], days_per_year: int) -> WalkForward:
    """Return what each fold's model did in its test; it had seen nothing of it."""
    parts = [evidence_of(record, fold.test) for fold in taught]
    folds = [
        Fold(
            number=fold.number,
            train_start=to_iso(fold.train.start),
            train_end=to_iso(fold.train.end),
            test_start=to_iso(fold.test.start),
            test_end=to_iso(fold.test.end),
            purged=fold.purged,
            candidates=max(1, len(fold.lesson.tried)),
            chosen={"model": fold.lesson.artefact.manifest.recipe.target, "rows": fold.rows, **_thresholds(fold)},
            in_sample_sharpe=_inside(fold, days_per_year),
            test=run_stats(part, days_per_year),
        )
        for fold, part in zip(taught, parts, strict=True)
    ]
    return WalkForward(tuple(folds), pooled(parts))


def _thresholds(fold: FoldResult) -> dict[str, float | str]:
    weak = fold.lesson.ensemble.thresholds.weak
    return {"weak": "never" if weak is None else round(weak, 4)}


def _inside(fold: FoldResult, days_per_year: int) -> float | None:
    """Return the net Sharpe ratio of labels on the calibration slice, which is the last of the training."""
    model = fold.lesson.ensemble.model
    return net_of_model(model, model.crossed, fold.lesson.ensemble.held, days_per_year).sharpe


def _moment(ts: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(ts // 1_000_000_000, dt.UTC)
