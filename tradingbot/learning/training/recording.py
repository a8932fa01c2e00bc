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
from tradingbot.learning.training.trainingresult import TrainingResult
from tradingbot.learning.training.trainingset import TrainingSet

_FITTERS = ("numba", "scikit-learn", "lightgbm", "xgboost-cpu", "optuna")


def training_record(
    candidate: Candidate,
    training_set: TrainingSet,
    folds: Sequence[FoldResult],
    final: TrainingResult,
    *,
    model_sha256: str,
    synthetic: bool,
    trials: int,
    seconds: float,
    coverage: Sequence[str] = (),
) -> TrainingRecord:
    """Return the record of a training: its `folds`, and the `final` one on everything, whose model is traded.

    `coverage` lists what the data lacks of the period of the backtest.
    """
    year = candidate.plan.config.lane.days_per_year
    names = list(folds[0].result.probabilities)
    return TrainingRecord(
        candidate=candidate.id,
        scores=tuple(model_score(folds, name, year) for name in names),
        curves=tuple(net_curve(folds, name, year) for name in dict.fromkeys([names[0], STACK])),
        folds=tuple(fold_row(fold, year) for fold in folds),
        trials=tuple(
            SearchTrial(number=tried.number, settings=dict(tried.settings), value=tried.value) for tried in final.tried
        ),
        trials_recorded=trials,
        strengths=threshold_strengths(final.ensemble.thresholds),
        calibration=_calibration(folds, candidate),
        importance=_importance(final),
        cautions=(*_cautions(folds, final, synthetic), *coverage),
        origin=_origin(candidate, training_set, final, model_sha256, synthetic, seconds),
    )


def _calibration(folds: Sequence[FoldResult], candidate: Candidate) -> Calibration:
    """Return how honest the model was on the folds' test rows, and how often its sets held the truth there."""
    rows = Samples.join([fold.tested for fold in folds])
    curve = reliability(np.concatenate([fold.result.probabilities[STACK] for fold in folds]), rows.y, rows.weight)
    covered, decided, counted = 0.0, 0, 0
    for fold in folds:
        probability, conformal = fold.result.probabilities[STACK], fold.result.ensemble.conformal
        labelled = int(fold.tested.labelled.sum())
        covered += (realised_coverage(conformal, probability, fold.tested.y) or 0.0) * labelled
        counted += labelled
        decided += int(conformal.decides(probability).sum())
    last = folds[-1].result.ensemble.model
    return Calibration(
        forecast=tuple(curve.forecast.tolist()),
        happened=tuple(curve.happened.tolist()),
        counts=tuple(int(count) for count in curve.counts),
        before=last.before.brier,
        after=last.after.brier,
        promised_coverage=1 - folds[0].result.recipe.alpha,
        realised_coverage=covered / counted if counted else None,
        abstained=1 - decided / len(rows) if len(rows) else 1.0,
    )


def _importance(final: TrainingResult) -> tuple[Importance, ...]:
    names = (*final.artefact.manifest.features, "side")
    features = [
        Importance(feature=name, rise=item.rise, error=item.error if np.isfinite(item.error) else 0.0)
        for name, item in zip(names, final.importance, strict=False)
    ]
    return tuple(sorted(features, key=lambda item: -item.rise))


def _cautions(folds: Sequence[FoldResult], final: TrainingResult, synthetic: bool) -> tuple[str, ...]:
    never = sum(fold.result.ensemble.thresholds.weak is None for fold in folds)
    cautions = {
        "The market is synthetic, with planted edges: what is learned on it is evidence of nothing.": synthetic,
        "No probability was found from which trading pays after costs: the model abstains always.": (
            final.ensemble.thresholds.weak is None
        ),
        f"In {never} of {len(folds)} folds the model abstained always.": never > 0,
    }
    return tuple(caution for caution, holds in cautions.items() if holds)


def _origin(
    candidate: Candidate,
    training_set: TrainingSet,
    final: TrainingResult,
    model_sha256: str,
    synthetic: bool,
    seconds: float,
) -> TrainingOrigin:
    config, manifest, y = candidate.plan.config, final.artefact.manifest, training_set.samples.y
    learned, pieces = manifest.learned, training_set.pieces
    stored = learned.stored.values()
    return TrainingOrigin(
        command=candidate.training_command,
        config=candidate.file,
        seed=config.seed,
        lane=str(config.lane),
        bar=config.bar,
        instruments=config.instruments,
        target=manifest.recipe.target,
        start=to_iso(learned.start),
        end=to_iso(learned.end),
        bars=sum(len(piece.values) for piece in pieces),
        rows=len(y),
        up=int((y == 1).sum()),
        down=int((y == 0).sum()),
        neither=int((y == -1).sum()),
        features=len(manifest.features),
        cost=float(np.mean([piece.slice.cost for piece in pieces])),
        synthetic=synthetic,
        model_sha256=model_sha256,
        data_sha256=learned.data_sha256,
        program_sha256=learned.program_sha256,
        feature_code_sha256=manifest.feature_code_sha256,
        store_version=max((item.version for item in stored), default=None),
        store_rows=sum(item.rows for item in stored),
        store_sha256=", ".join(item.sha256 for item in stored),
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
        params={name: str(value) for name, value in _leaves(origin.recipe)} | {"seed": origin.seed},
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
            "unreliable": "; ".join(
                f"{row.name}.{item.name} {item.reason}" for row in record.scores for item in row.unreliable
            ),
        },
        files=[*files, model / "manifest.json"],
        model=model,
    )
    return Tracker(home()).record(run)


def _metrics(record: TrainingRecord) -> dict[str, float]:
    metrics: dict[str, float] = {}
    for row in record.scores:
        values = row.model_dump(exclude={"name", "unreliable"})
        metrics |= {f"{row.name}.{name}": float(value) for name, value in values.items() if value is not None}
    metrics["abstained"] = record.calibration.abstained
    if record.calibration.realised_coverage is not None:
        metrics["coverage"] = record.calibration.realised_coverage
    return metrics


def _leaves(values: object, above: str = "") -> Iterator[tuple[str, object]]:
    """Yield (dotted name, value) of every leaf."""
    if isinstance(values, dict):
        pairs = list(values.items())
    elif isinstance(values, (list, tuple)) and values and isinstance(values[0], dict):
        pairs = list(enumerate(values))
    else:
        yield above, values
        return
    for key, value in pairs:
        yield from _leaves(value, f"{above}.{key}" if above else str(key))
