# file: learning/training/recording.py
"""Record a training: build its record, and log it to experiment tracking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from tradingbot.core.config.home import home
from tradingbot.core.experiments.candidate import Candidate
from tradingbot.core.runtime.provenance import config_sha256, versions
from tradingbot.core.time import to_iso
from tradingbot.learning.models.abstention import realised_coverage
from tradingbot.learning.models.calibration import reliability
from tradingbot.learning.models.ensemble import STACK
from tradingbot.learning.models.samples import Samples
from tradingbot.learning.tracking import TrackedRun, Tracker
from tradingbot.learning.training.foldtrainer import FoldResult
from tradingbot.learning.training.record import Calibration, Importance, SearchTrial, TrainingOrigin, TrainingRecord
from tradingbot.learning.training.scores import fold_row, model_score, net_curve, threshold_strengths
from tradingbot.learning.training.trainingset import TrainingSet
from tradingbot.learning.training.trainmodel import TrainingResult

_FITTERS = ("numba", "scikit-learn", "lightgbm", "xgboost-cpu", "optuna")


def training_record(
    candidate: Candidate,
    course: TrainingSet,
    taught: Sequence[FoldResult],
    final: TrainingResult,
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
        scores=tuple(model_score(taught, name, year) for name in names),
        curves=tuple(net_curve(taught, name, year) for name in dict.fromkeys(followed)),
        folds=tuple(fold_row(fold, year) for fold in taught),
        trials=tuple(
            SearchTrial(number=tried.number, settings=dict(tried.settings), value=tried.value) for tried in final.tried
        ),
        trials_recorded=trials,
        strengths=threshold_strengths(final.ensemble.thresholds),
        calibration=_calibration(taught, candidate),
        importance=_importance(final),
        cautions=(*_cautions(taught, final, synthetic), *coverage),
        origin=_origin(candidate, course, final, model_sha256, synthetic, seconds),
    )


def _calibration(taught: Sequence[FoldResult], candidate: Candidate) -> Calibration:
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
        promised_coverage=1 - taught[0].lesson.recipe.alpha,
        realised_coverage=covered / counted if counted else None,
        abstained=1 - decided / len(rows) if len(rows) else 1.0,
    )


def _importance(final: TrainingResult) -> tuple[Importance, ...]:
    names = (*final.artefact.manifest.features, "side")
    found = [
        Importance(feature=name, rise=item.rise, error=item.error if np.isfinite(item.error) else 0.0)
        for name, item in zip(names, final.importance, strict=False)
    ]
    return tuple(sorted(found, key=lambda item: -item.rise))


def _cautions(taught: Sequence[FoldResult], final: TrainingResult, synthetic: bool) -> tuple[str, ...]:
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
    candidate: Candidate, course: TrainingSet, final: TrainingResult, model_sha256: str, synthetic: bool, seconds: float
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


def track_training(record: TrainingRecord, model: Path, files: Sequence[Path]) -> str:
    """Keep the training as a run of the candidate's experiment, its model as the candidate; return the run's id.

    Raises RunFailed when the tracking database cannot be written.
    """
    origin = record.origin
    run = TrackedRun(
        experiment=record.candidate,
        params={name: str(value) for name, value in _flat("", origin.recipe)} | {"seed": origin.seed},
        metrics=_metrics(record),
        tags={
            "lane": origin.lane,
            "instruments": ", ".join(origin.instruments),
            "bar": origin.bar,
            "start": origin.start,
            "end": origin.end,
            "synthetic": str(origin.synthetic),
            "model_sha256": origin.model_sha256,
            "recipe_sha256": config_sha256(origin.recipe),
            "program_sha256": origin.program_sha256,
            "data_sha256": origin.data_sha256,
            "feature_code_sha256": origin.feature_code_sha256,
            "features_version": str(origin.store_version),
            "features_sha256": origin.store_sha256,
            "unreliable": _unreliable(record),
        },
        files=[*files, model / "manifest.json"],
        model=model,
    )
    return Tracker(home()).record(run)


def _unreliable(record: TrainingRecord) -> str:
    return "; ".join(f"{row.name}.{item.name} {item.reason}" for row in record.scores for item in row.unreliable)


def _metrics(record: TrainingRecord) -> dict[str, float]:
    found: dict[str, float] = {}
    for row in record.scores:
        values = row.model_dump(exclude={"name", "unreliable"})
        found |= {f"{row.name}.{name}": float(value) for name, value in values.items() if value is not None}
    calibration = record.calibration
    found["abstained"] = calibration.abstained
    if calibration.realised_coverage is not None:
        found["coverage"] = calibration.realised_coverage
    return found


def _flat(above: str, values: object) -> Iterator[tuple[str, object]]:
    """Yield (dotted name, value) of every leaf."""
    pairs: Iterator[tuple[object, object]] = iter(())
    if isinstance(values, dict):
        pairs = iter(values.items())
    elif isinstance(values, (list, tuple)) and values and isinstance(values[0], dict):
        pairs = iter(enumerate(values))
    else:
        yield above, values
    for key, value in pairs:
        yield from _flat(f"{above}.{key}" if above else str(key), value)
