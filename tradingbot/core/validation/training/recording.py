# file: core/validation/training/recording.py
"""Write down what a training found out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tradingbot.core.portfolio.isotime import to_iso
from tradingbot.core.report.training.record import (
    Calibration,
    Importance,
    SearchTrial,
    TrainingOrigin,
    TrainingRecord,
)
from tradingbot.core.runtime.provenance import versions
from tradingbot.core.validation.candidate import Candidate
from tradingbot.core.validation.training.course import Course
from tradingbot.core.validation.training.scores import curve_of, fold_of, scored, strengths
from tradingbot.core.validation.training.teaching import Taught
from tradingbot.learning.models.calibration import reliability
from tradingbot.learning.models.conformal import realised_coverage
from tradingbot.learning.models.ensemble import STACK
from tradingbot.learning.models.samples import Samples
from tradingbot.learning.recipes.lesson import Lesson

__all__ = ["training_record"]

_FITTERS = ("numba", "scikit-learn", "lightgbm", "xgboost-cpu", "optuna")


def training_record(
    candidate: Candidate,
    course: Course,
    taught: Sequence[Taught],
    final: Lesson,
    *,
    model_sha256: str,
    synthetic: bool,
    trials: int,
    seconds: float,
    coverage: Sequence[str] = (),
) -> TrainingRecord:
    """Return the record of a training whose folds are `taught` and whose model is `final`'s.

    `coverage` says what the data lacks of the period that was asked for.
    """
    year = candidate.plan.config.lane.days_per_year
    names = list(taught[0].lesson.said)
    followed = [names[0], STACK]
    return TrainingRecord(
        candidate=candidate.id,
        scores=tuple(scored(taught, name, year) for name in names),
        curves=tuple(curve_of(taught, name, year) for name in dict.fromkeys(followed)),
        folds=tuple(fold_of(fold, year) for fold in taught),
        trials=tuple(
            SearchTrial(number=tried.number, settings=dict(tried.settings), value=tried.value) for tried in final.tried
        ),
        trials_recorded=trials,
        strengths=strengths(final.ensemble.thresholds),
        calibration=_calibration(taught, candidate),
        importance=_importance(final),
        cautions=(*_cautions(taught, final, synthetic), *coverage),
        origin=_origin(candidate, course, final, model_sha256, synthetic, seconds),
    )


def _calibration(taught: Sequence[Taught], candidate: Candidate) -> Calibration:
    """Return how honest the model was on the folds' test rows, and how often its sets held the truth there."""
    rows = Samples.join([fold.tested for fold in taught])
    said = np.concatenate([fold.lesson.said[STACK] for fold in taught])
    found = reliability(said, rows.y, rows.weight)
    covered, decided, counted = 0.0, 0, 0
    for fold in taught:
        coverage = realised_coverage(fold.lesson.ensemble.conformal, fold.lesson.said[STACK], fold.tested.y)
        labelled = int(fold.tested.labelled.sum())
        covered += (coverage or 0.0) * labelled
        counted += labelled
        decided += int(fold.lesson.ensemble.conformal.decides(fold.lesson.said[STACK]).sum())
    before, after = taught[-1].lesson.ensemble.model.before, taught[-1].lesson.ensemble.model.after
    return Calibration(
        forecast=tuple(found.forecast.tolist()),
        happened=tuple(found.happened.tolist()),
        counts=tuple(int(count) for count in found.counts),
        before=before.brier,
        after=after.brier,
        promised_coverage=1 - taught[0].lesson.recipe.miss,
        realised_coverage=covered / counted if counted else None,
        abstained=1 - decided / len(rows) if len(rows) else 1.0,
    )


def _importance(final: Lesson) -> tuple[Importance, ...]:
    names = (*final.artefact.manifest.features, "side")
    found = [
        Importance(feature=name, rise=item.rise, error=item.error if np.isfinite(item.error) else 0.0)
        for name, item in zip(names, final.importance, strict=False)
    ]
    return tuple(sorted(found, key=lambda item: -item.rise))


def _cautions(taught: Sequence[Taught], final: Lesson, synthetic: bool) -> tuple[str, ...]:
    found = []
    if synthetic:
        found.append("The market is synthetic, with planted edges: what is learned on it is evidence of nothing.")
    if final.ensemble.thresholds.weak is None:
        found.append("No probability was found from which trading pays after costs: the model abstains always.")
    never = sum(1 for fold in taught if fold.lesson.ensemble.thresholds.weak is None)
    if never:
        found.append(f"In {never} of {len(taught)} folds the model abstained always.")
    return tuple(found)


def _origin(
    candidate: Candidate, course: Course, final: Lesson, model_sha256: str, synthetic: bool, seconds: float
) -> TrainingOrigin:
    config, manifest, y = candidate.plan.config, final.artefact.manifest, course.samples.y
    stored = manifest.learned.stored
    pieces = course.pieces
    return TrainingOrigin(
        command=candidate.training_command,
        config=candidate.file,
        seed=config.seed,
        lane=str(config.lane),
        bar=config.bar,
        instruments=config.instruments,
        target=manifest.recipe.target,
        start=to_iso(manifest.learned.start),
        end=to_iso(manifest.learned.end),
        bars=sum(len(piece.values) for piece in pieces),
        rows=len(y),
        up=int((y == 1).sum()),
        down=int((y == 0).sum()),
        neither=int((y == -1).sum()),
        features=len(manifest.features),
        cost=float(np.mean([piece.slice.cost for piece in pieces])),
        synthetic=synthetic,
        model_sha256=model_sha256,
        data_sha256=manifest.learned.data_sha256,
        program_sha256=manifest.learned.program_sha256,
        feature_code_sha256=manifest.feature_code_sha256,
        store_version=max((item.version for item in stored.values()), default=None),
        store_rows=sum(item.rows for item in stored.values()),
        store_sha256=", ".join(item.sha256 for item in stored.values()),
        recipe=manifest.recipe.model_dump(mode="json"),
        versions=versions(*_FITTERS),
        seconds=seconds,
    )
