# file: learning/tracking.py
"""Experiment tracking: keep what each training tried and gave in MLflow. The only file that imports mlflow."""

from __future__ import annotations

import logging
import os
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from typing import Any

from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.storage.filelock import take

_QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "MLFLOW_ENABLE_ASYNC_LOGGING": "false"}
_NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]*"
_ARTEFACT = "artefact"
_BATCH = 100
"""The most parameters or tags that MLflow takes at a time."""


@dataclass(frozen=True, slots=True)
class TrackedRun:
    """One training: `experiment` is the candidate's id, `files` are shown beside the run, `model` is its folder.

    `tags` hold what it was made of: versions of data and features, hashes of recipe and program. An infinite metric is
    shown as the largest double, a NaN as NaN.
    """

    experiment: str
    params: Mapping[str, str | float | int]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]
    files: Sequence[Path]
    model: Path


class Tracker:
    """Track in `state/mlflow.db` (SQLite) and `state/mlartifacts/` of `home`, without a server and without network.

    One process writes at a time; others wait.
    """

    def __init__(self, home: Path) -> None:
        self._state = home / "state"
        self._store = f"sqlite:///{self._state / 'mlflow.db'}"
        self._artifacts = self._state / "mlartifacts"

    def record(self, run: TrackedRun) -> str:
        """Keep a run, register its model under the candidate's name as `candidate`, and return the run's id.

        The version is registered last: a run that broke off is marked failed and has none.

        Raises BadInput when a file or the model's folder is missing, two files have one name, or MLflow refuses a name;
        RunFailed when the database or the folder cannot be written.
        """
        _check(run)
        with self._client() as client:
            experiment = self._experiment(client, run.experiment)
            started = client.create_run(experiment, run_name=run.experiment).info
            try:
                _log(client, started.run_id, run)
                _register(client, run, f"{started.artifact_uri}/model", started.run_id)
            except BaseException:
                client.set_terminated(started.run_id, "FAILED")
                raise
            client.set_terminated(started.run_id)
            return str(started.run_id)

    def crown(self, candidate: str, artefact: str) -> None:
        """Move `champion` to the latest version that holds this artefact; it is `candidate` no longer.

        Raises BadInput when no version of the candidate's holds it; RunFailed when the database cannot be written.
        """
        with self._client() as client:
            made = client.search_model_versions(f"name = '{candidate}'")
            holding = [int(one.version) for one in made if one.tags.get(_ARTEFACT) == artefact]
            if not holding:
                raise BadInput(f"{candidate}: no tracked version holds the model {artefact[:16]}")
            client.set_registered_model_alias(candidate, "champion", str(max(holding)))
            waiting = client.get_registered_model(candidate).aliases.get("candidate")
            if waiting is not None and int(waiting) in holding:
                client.delete_registered_model_alias(candidate, "candidate")

    def _experiment(self, client: Any, name: str) -> str:
        found = client.get_experiment_by_name(name)
        if found is not None:
            return str(found.experiment_id)
        return str(client.create_experiment(name, artifact_location=(self._artifacts / name).as_uri()))

    @contextmanager
    def _client(self) -> Iterator[Any]:
        os.environ.update(_QUIET)
        self._state.mkdir(parents=True, exist_ok=True)
        with (self._state / "mlflow.lock").open("w") as lock, warnings.catch_warnings():
            take(lock.fileno(), wait=True)
            warnings.simplefilter("ignore")
            from mlflow import MlflowClient
            from mlflow.exceptions import MlflowException
            from sqlalchemy.exc import SQLAlchemyError

            for name in ("mlflow", "alembic"):
                logging.getLogger(name).setLevel(logging.ERROR)
            try:
                yield MlflowClient(tracking_uri=self._store, registry_uri=self._store)
            except MlflowException as error:
                kind = RunFailed if error.error_code == "INTERNAL_ERROR" else BadInput
                raise kind(f"tracking in {self._state / 'mlflow.db'}: {error.message}") from None
            except (OSError, SQLAlchemyError) as error:
                raise RunFailed(f"tracking in {self._state}: {str(error).splitlines()[0]}") from None


def _check(run: TrackedRun) -> None:
    if not re.fullmatch(_NAME, run.experiment):
        raise BadInput(f"experiment was {run.experiment!r}, allowed are letters, digits, points, - and _")
    if absent := [path for path in run.files if not path.is_file()]:
        raise BadInput(f"the file {absent[0]} to be tracked was not found")
    if not run.model.is_dir():
        raise BadInput(f"the model's folder {run.model} was not found")
    names = [path.name for path in run.files]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadInput(f"two files to be tracked are named {twice[0]}, allowed is one")


def _log(client: Any, run_id: str, run: TrackedRun) -> None:
    from mlflow.entities import Metric, Param, RunTag

    now = client.get_run(run_id).info.start_time
    for params in batched(run.params.items(), _BATCH, strict=False):
        client.log_batch(run_id, params=[Param(name, str(value)) for name, value in params])
    for tags in batched(run.tags.items(), _BATCH, strict=False):
        client.log_batch(run_id, tags=[RunTag(name, value) for name, value in tags])
    for metrics in batched(run.metrics.items(), _BATCH, strict=False):
        client.log_batch(run_id, metrics=[Metric(name, float(value), now, 0) for name, value in metrics])
    for path in run.files:
        client.log_artifact(run_id, str(path), "files")
    client.log_artifacts(run_id, str(run.model), "model")


def _register(client: Any, run: TrackedRun, source: str, run_id: str) -> None:
    name = run.experiment
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    made = client.create_model_version(name, source, run_id, tags={_ARTEFACT: run.model.name})
    client.set_registered_model_alias(name, "candidate", str(made.version))
