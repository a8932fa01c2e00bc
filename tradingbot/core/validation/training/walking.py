# file: core/validation/training/walking.py
"""Let every fold's model trade its own test, one after the other, in one run of the engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from tradingbot.core.config.backtest import ModelUse
from tradingbot.core.portfolio.isotime import DAY, to_iso
from tradingbot.core.report.validation.record import Fold
from tradingbot.core.runtime.plan import Plan
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.validation.evidence import evidence_of, pooled
from tradingbot.core.validation.manner import manner
from tradingbot.core.validation.training.model import MODELS, models_root
from tradingbot.core.validation.training.scores import traded
from tradingbot.core.validation.training.teaching import Taught
from tradingbot.core.validation.walk import Walk
from tradingbot.learning.artefact import save

__all__ = ["scheduled", "taught_walk"]


def scheduled(planned: Plan, taught: Sequence[Taught], memory: int, step_ns: int) -> Plan:
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


def taught_walk(record: RunRecord, taught: Sequence[Taught], days_per_year: int) -> Walk:
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
            test=manner(part, days_per_year),
        )
        for fold, part in zip(taught, parts, strict=True)
    ]
    return Walk(tuple(folds), pooled(parts))


def _thresholds(fold: Taught) -> dict[str, float | str]:
    weak = fold.lesson.ensemble.thresholds.weak
    return {"weak": "never" if weak is None else round(weak, 4)}


def _inside(fold: Taught, days_per_year: int) -> float | None:
    """Return the net Sharpe ratio of labels on the calibration slice, which is the last of the training."""
    model = fold.lesson.ensemble.model
    return traded(model, model.crossed, fold.lesson.ensemble.held, days_per_year).sharpe


def _moment(ts: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(ts // 1_000_000_000, dt.UTC)
