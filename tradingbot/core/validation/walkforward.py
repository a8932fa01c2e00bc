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
from tradingbot.core.statistics.folds import Span, groups, midnights, walk_forward, whole_days
from tradingbot.core.time import DAY, SECOND, to_iso
from tradingbot.core.validation.crossvalidation import select
from tradingbot.core.validation.evidence import Evidence, evidence_of, pooled, run_stats
from tradingbot.core.validation.record import Fold, RunStats
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
    walked = [
        _fold(number, (record.start, span.start), span, run_stats(evidence_of(record, span), days_per_year))
        for number, span in enumerate(spans, start=1)
    ]
    return WalkForward(tuple(walked), evidence_of(record))


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
    walked, parts = [], []
    for fold in walk_forward(*whole_days(first.start, first.end), folds, purge=0, embargo=embargo):
        train, test = midnights([fold.train, fold.test])
        picked = select(records, [train], [test], embargo, days_per_year)
        parts.append(evidence_of(records[picked.label], test))
        walked.append(
            _fold(
                fold.number,
                (train.start, train.end),
                test,
                run_stats(parts[-1], days_per_year),
                purged=picked.purged,
                candidates=len(records),
                chosen={path.rsplit(".", 1)[-1]: value for path, value in chosen[picked.label].items()},
                in_sample_sharpe=picked.sharpe,
            )
        )
    return WalkForward(tuple(walked), pooled(parts))


def schedule_fold_models(planned: Plan, results: Sequence[FoldResult], memory: int, step_ns: int) -> Plan:
    """Return the plan with each fold's model in force in its test, and no time before but what features need.

    `memory` is in bars of `step_ns`.
    """
    uses = tuple(
        ModelUse(
            path=f"{MODELS}/{save(fold.result.artefact, models_root()).name}",
            start=_moment(fold.test.start),
            end=_moment(fold.test.end),
        )
        for fold in results
    )
    # A day more: a run that begins knows no funding until the first settlement.
    warm = results[0].test.start - (memory + 1) * step_ns - DAY
    start, own = _moment(warm // DAY * DAY), planned.config.start
    config = planned.config.model_copy(update={"models": uses, "start": max(own, start) if own else start})
    return replace(planned, config=config)


def fold_models_walk(record: RunRecord, results: Sequence[FoldResult], days_per_year: int) -> WalkForward:
    """Return what each fold's model did in its test; it had seen nothing of it.

    The in-sample Sharpe ratio is that of the labels, net of costs, on the calibration slice, the last of the training.
    """
    parts = [evidence_of(record, fold.test) for fold in results]
    walked = []
    for fold, part in zip(results, parts, strict=True):
        ensemble, weak = fold.result.ensemble, fold.result.ensemble.thresholds.weak
        net = net_of_model(ensemble.model, ensemble.model.crossed, ensemble.held, days_per_year)
        walked.append(
            _fold(
                fold.number,
                (fold.train.start, fold.train.end),
                fold.test,
                run_stats(part, days_per_year),
                purged=fold.purged,
                candidates=max(1, len(fold.result.tried)),
                chosen={
                    "model": fold.result.artefact.manifest.recipe.target,
                    "rows": fold.rows,
                    "weak": "never" if weak is None else round(weak, 4),
                },
                in_sample_sharpe=net.sharpe,
            )
        )
    return WalkForward(tuple(walked), pooled(parts))


def _fold(number: int, train: tuple[int, int], test: Span, measured: RunStats, **trained: Any) -> Fold:
    names = ("train_start", "train_end", "test_start", "test_end")
    times = dict(zip(names, map(to_iso, (*train, test.start, test.end)), strict=True))
    untrained = {"purged": 0, "candidates": 1, "chosen": {}, "in_sample_sharpe": None}
    return Fold(number=number, test=measured, **times, **(untrained | trained))


def _moment(ts: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(ts // SECOND, dt.UTC)
