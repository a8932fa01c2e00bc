# file: learning/training/foldtrainer.py
"""Fold trainer: train in every fold of a walk forward and once on everything, each in a process of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace

import numpy as np

from tradingbot.core.config.candidate import ModelRecipe
from tradingbot.core.errors import BadInput
from tradingbot.core.experiments.candidate import Candidate
from tradingbot.core.experiments.experiment import Experiment
from tradingbot.core.experiments.jobs.dispatch import run_jobs
from tradingbot.core.experiments.jobs.resultstore import ResultStore
from tradingbot.core.experiments.runner import ExperimentRunner
from tradingbot.core.progress import Progress, Stages
from tradingbot.core.runtime.provenance import config_sha256
from tradingbot.core.statistics.folds import Span, audit_purge, midnights, purge_mask, walk_forward, whole_days
from tradingbot.learning.models.artefact import DataProvenance
from tradingbot.learning.models.samples import Samples
from tradingbot.learning.training.trainingset import TrainingSet, build_training_set, store_features
from tradingbot.learning.training.trainmodel import ModelMetadata, TrainingResult, TrainingTask, train_model
from tradingbot.learning.training.trials import search_trials

_FINAL = "final"
_LEAST = 200


@dataclass(frozen=True, slots=True)
class FoldResult:
    """One fold: when it trained and tested, on how many rows, how many were purged, and what came of it."""

    number: int
    train: Span
    test: Span
    rows: int
    purged: int
    tested: Samples
    lesson: TrainingResult


@dataclass(frozen=True, slots=True)
class FoldTrainer:
    """What a training needs besides its rows: a candidate's name, experiment and recipe, and who runs the jobs."""

    name: str
    experiment: Experiment
    recipe: ModelRecipe
    course: TrainingSet
    learned: DataProvenance
    executor: ExperimentRunner

    def folds(self, count: int, embargo: int, progress: Progress) -> list[FoldResult]:
        """Train in every fold on what ended `embargo` ns before its test.

        A label that reaches into that time is purged by its span; `audit` proves it independently. Every trial of a
        search is in the ledger before its lesson is used.

        Raises BadInput when a fold has too little to train on.
        """
        return self._taught(self._cuts(count, embargo), {}, progress)[0]

    def all(self, count: int, embargo: int, progress: Progress) -> tuple[list[FoldResult], TrainingResult]:
        """Train in every fold, and once on everything; errors as in `folds`."""
        whole = replace(self._task(self.course.samples, None), explain=True)
        taught, lessons = self._taught(self._cuts(count, embargo), {_FINAL: whole}, progress)
        return taught, lessons[_FINAL]

    @property
    def memory(self) -> int:
        """How many bars the features remember."""
        return self.course.pieces[0].memory

    def _cuts(self, count: int, embargo: int) -> list[_Cut]:
        found = []
        for fold in walk_forward(
            *whole_days(self.experiment.market.start, self.experiment.market.end), count, purge=0, embargo=embargo
        ):
            train, test = midnights([fold.train, fold.test])
            found.append(_cut(self.course.samples, fold.number, train, test, embargo))
        return found

    def _taught(
        self, cuts: Sequence[_Cut], more: Mapping[str, TrainingTask], progress: Progress
    ) -> tuple[list[FoldResult], dict[str, TrainingResult]]:
        tasks = {f"fold {cut.number}": self._task(cut.rows, cut.tested) for cut in cuts}
        lessons = self._lessons(tasks | dict(more), progress)
        taught = [
            FoldResult(
                cut.number, cut.train, cut.test, len(cut.rows), cut.purged, cut.tested, lessons[f"fold {cut.number}"]
            )
            for cut in cuts
        ]
        return taught, lessons

    def _task(self, rows: Samples, tested: Samples | None) -> TrainingTask:
        config, first = self.experiment.plan.config, self.course.pieces[0]
        span = {"start": int(rows.starts.min()), "end": int(rows.ends.max()), "rows": len(rows)}
        about = ModelMetadata(
            candidate=self.name,
            lane=str(config.lane),
            bar=config.bar,
            instruments=config.instruments,
            features=first.names,
            feature_code_sha256=first.code_sha256,
            learned=self.learned.model_copy(update=span),
        )
        embargo = self.recipe.embargo_bars * self.course.step_ns
        return TrainingTask(rows, tested, self.recipe, about, embargo, config.lane.days_per_year, config.seed)

    def _lessons(self, tasks: Mapping[str, TrainingTask], progress: Progress) -> dict[str, TrainingResult]:
        executor = self.executor
        keys = {f"{label} [{_content(task)[:16]}]": label for label, task in tasks.items()}

        def landed(key: str, lesson: TrainingResult) -> None:
            label = keys[key]
            for trial in search_trials(self.experiment, label, tasks[label], lesson, executor.who):
                executor.ledger.record(trial, executor.now())

        found = run_jobs(
            train_model,
            {key: tasks[label] for key, label in keys.items()},
            workers=executor.workers,
            cluster=executor.cluster,
            store=None if executor.store is None else ResultStore[TrainingResult](executor.store.folder),
            progress=progress,
            landed=landed,
        )
        return {keys[key]: lesson for key, lesson in found.items()}


@dataclass(frozen=True, slots=True)
class _Cut:
    number: int
    train: Span
    test: Span
    rows: Samples
    purged: int
    tested: Samples


def _cut(samples: Samples, number: int, train: Span, test: Span, embargo: int) -> _Cut:
    early = samples.starts < test.start
    forbidden = [Span(max(0, test.start - embargo), test.end)]
    clean = early & purge_mask(samples.starts, samples.ends, forbidden, 0)
    rows = samples.take(clean)
    audit_purge(rows.starts, rows.ends, forbidden, 0, f"fold {number}")
    labelled = int(np.count_nonzero(rows.labelled))
    if labelled < _LEAST:
        raise BadInput(
            f"fold {number}: labelled rows to train on were {labelled}, allowed are {_LEAST} or more;"
            " a longer period or fewer folds give more, and decisions that are made more often"
        )
    tested = samples.take((samples.starts >= test.start) & (samples.starts < test.end))
    return _Cut(number, train, test, rows, int(np.count_nonzero(early & ~clean)), tested)


def _content(task: TrainingTask) -> str:
    """Name a task by all that its lesson depends on."""
    about = asdict(task.about) | {"learned": task.about.learned.model_dump()}
    terms = {"about": about, "embargo": task.embargo, "days_per_year": task.days_per_year}
    digest = hashlib.sha256(config_sha256(task.recipe, terms, {"seed": task.seed, "explain": task.explain}).encode())
    for part in (task.train, task.test):
        for column in () if part is None else fields(part):
            values = np.ascontiguousarray(getattr(part, column.name))
            digest.update(f"{column.name} {values.shape} ".encode() + values.tobytes())
        digest.update(b"|")
    return digest.hexdigest()


def prepare_training(
    candidate: Candidate, experiment: Experiment, executor: ExperimentRunner, stage: Stages
) -> FoldTrainer:
    """Return the fold trainer of a candidate with a model recipe; errors as in `build_training_set`, `store_features`.

    `experiment` is that of its plan.
    """
    recipe, market, hashes = candidate.model_recipe, experiment.market, experiment.hashes
    course = build_training_set(
        candidate.id, experiment, recipe, executor, stage(f"{candidate.id}: reading and labelling")
    )
    learned = DataProvenance(
        start=market.start,
        end=market.end,
        rows=len(course.samples),
        stored=store_features(course, experiment.plan),
        data_sha256=hashes["data"],
        program_sha256=hashes["program"],
    )
    return FoldTrainer(candidate.id, experiment, recipe, course, learned, executor)
