# file: core/validation/training/tracking.py
"""Show a training where people compare trainings: its parameters, scores, files and model in MLflow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tradingbot.core.config.home import home
from tradingbot.core.report.training.record import TrainingRecord
from tradingbot.core.runtime.provenance import config_sha256
from tradingbot.learning.tracking import TrackedRun, Tracker

__all__ = ["track"]


def track(record: TrainingRecord, model: Path, files: Sequence[Path]) -> str:
    """Keep the training as a run of the candidate's experiment, its model as the candidate; return the run's id.

    Raises
    ------
    RunFailed
        When the tracking database cannot be written.
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
