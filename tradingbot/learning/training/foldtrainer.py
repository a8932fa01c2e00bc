# file: learning/training/foldtrainer.py
"""Fold trainer: train a candidate in every fold of its walk forward on what came before its test, and once on all."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.config.candidate import ModelRecipe
from tradingbot.core.errors import BadInput
from tradingbot.core.experiments.candidate import Candidate
from tradingbot.core.experiments.experiment import Experiment
from tradingbot.core.experiments.jobs.dispatch import run_jobs
from tradingbot.core.experiments.jobs.resultstore import ResultStore
from tradingbot.core.experiments.runner import ExperimentRunner
from tradingbot.core.experiments.trials import Trial
from tradingbot.core.progress import Progress, Stages
from tradingbot.core.runtime.provenance import config_sha256
from tradingbot.core.runtime.runrecord import assets_of
from tradingbot.core.statistics.folds import Span, audit_purge, midnights, purge_mask, walk_forward, whole_days
from tradingbot.learning.models.artefact import DataProvenance
from tradingbot.learning.models.samples import Samples
from tradingbot.learning.training.trainingresult import ModelMetadata, TrainingResult, TrainingTask, train_model
from tradingbot.learning.training.trainingset import TrainingSet, build_training_set, store_features

_FINAL = "final"
_LEAST_ROWS = 200


@dataclass(frozen=True, slots=True)
class FoldResult:
    """One fold: when it trained and tested, on how many rows, how many were purged, and what came of it."""

    number: int
    train: Span
    test: Span
    rows: int
    purged: int
    tested: Samples
    result: TrainingResult


@dataclass(frozen=True, slots=True)
class FoldTrainer:
    """Everything a training needs but its folds: a candidate's name, experiment, recipe and rows, and who runs jobs."""

    name: str
    experiment: Experiment
    recipe: ModelRecipe
    training_set: TrainingSet
    provenance: DataProvenance
    runner: ExperimentRunner

    def train_folds(self, count: int, embargo: int, progress: Progress) -> list[FoldResult]:
        """Train in every fold on what ended `embargo` ns before its test.

        A label that reaches into that time is purged by its span; `audit_purge` proves it independently. Every trial of
        a search is in the ledger before its result is used.

        Raises BadInput when a fold has too little to train on.
        """
        return self._train(count, embargo, {}, progress)[0]

    def train_all(self, count: int, embargo: int, progress: Progress) -> tuple[list[FoldResult], TrainingResult]:
        """Train in every fold, and once on everything; errors as in `train_folds`."""
        whole = replace(self._task(self.training_set.samples, None), explain=True)
        folds, results = self._train(count, embargo, {_FINAL: whole}, progress)
        return folds, results[_FINAL]

    def search_trials(self, label: str, task: TrainingTask, result: TrainingResult) -> list[Trial]:
        """Return one row of the trial ledger per setting that a search tried, with its net returns out of fold."""
        config = self.experiment.plan.config
        return [
            self._trial(
                "search",
                f"{label} trial {tried.number}",
                config_sha256(config, task.recipe, dict(tried.settings), {"label": label}),
                task.metadata.learned,
                tried.trades,
                tried.days,
                tried.daily,
            )
            for tried in result.tried
        ]

    def walk_forward_trial(self, trades: int, days: Ints, daily: Floats) -> Trial:
        """Return the training's own row of the trial ledger: its walk forward, which recipes are chosen by."""
        sha256 = config_sha256(self.experiment.plan.config, self.recipe)
        return self._trial("training", "walk forward", sha256, self.provenance, trades, days, daily)

    @property
    def memory(self) -> int:
        """How many bars the features remember."""
        return self.training_set.pieces[0].memory

    def _train(
        self, count: int, embargo: int, more: dict[str, TrainingTask], progress: Progress
    ) -> tuple[list[FoldResult], dict[str, TrainingResult]]:
        cuts = {f"fold {cut.number}": cut for cut in self._cuts(count, embargo)}
        results = self._run({label: self._task(cut.rows, cut.tested) for label, cut in cuts.items()} | more, progress)
        folds = [
            FoldResult(cut.number, cut.train, cut.test, len(cut.rows), cut.purged, cut.tested, results[label])
            for label, cut in cuts.items()
        ]
        return folds, results

    def _cuts(self, count: int, embargo: int) -> list[_Cut]:
        cuts, market = [], self.experiment.market
        for fold in walk_forward(*whole_days(market.start, market.end), count, purge=0, embargo=embargo):
            train, test = midnights([fold.train, fold.test])
            cuts.append(_cut(self.training_set.samples, fold.number, train, test, embargo))
        return cuts

    def _task(self, rows: Samples, tested: Samples | None) -> TrainingTask:
        config, first = self.experiment.plan.config, self.training_set.pieces[0]
        span = {"start": int(rows.starts.min()), "end": int(rows.ends.max()), "rows": len(rows)}
        metadata = ModelMetadata(
            candidate=self.name,
            lane=str(config.lane),
            bar=config.bar,
            instruments=config.instruments,
            features=first.names,
            feature_code_sha256=first.code_sha256,
            learned=self.provenance.model_copy(update=span),
        )
        embargo = self.recipe.embargo_bars * self.training_set.step_ns
        return TrainingTask(rows, tested, self.recipe, metadata, embargo, config.lane.days_per_year, config.seed)

    def _run(self, tasks: Mapping[str, TrainingTask], progress: Progress) -> dict[str, TrainingResult]:
        runner = self.runner
        labels = {f"{label} [{_content(task)[:16]}]": label for label, task in tasks.items()}

        def landed(key: str, result: TrainingResult) -> None:
            for trial in self.search_trials(labels[key], tasks[labels[key]], result):
                runner.ledger.record(trial, runner.now())

        results = run_jobs(
            train_model,
            {key: tasks[label] for key, label in labels.items()},
            workers=runner.workers,
            cluster=runner.cluster,
            store=None if runner.store is None else ResultStore[TrainingResult](runner.store.folder),
            progress=progress,
            landed=landed,
        )
        return {labels[key]: result for key, result in results.items()}

    def _trial(
        self, purpose: str, label: str, sha256: str, data: DataProvenance, trades: int, days: Ints, daily: Floats
    ) -> Trial:
        config, market = self.experiment.plan.config, self.experiment.market
        return Trial(
            who=self.runner.who,
            purpose=purpose,
            label=f"{self.name} {label}",
            lane=str(config.lane),
            strategy=", ".join(spec.path for spec in config.strategies),
            instruments=config.instruments,
            assets=assets_of(market, self.experiment.synthetic),
            bar=config.bar,
            start=market.start,
            end=market.end,
            config_sha256=sha256,
            code_sha256=data.program_sha256,
            data_sha256=data.data_sha256,
            trades=trades,
            days=days,
            returns=daily.astype(np.float32),
        )


def prepare_training(
    candidate: Candidate, experiment: Experiment, runner: ExperimentRunner, stage: Stages
) -> FoldTrainer:
    """Return the fold trainer of a candidate with a model recipe; errors as in `build_training_set`, `store_features`.

    `experiment` is that of its plan.
    """
    recipe, market = candidate.model_recipe, experiment.market
    progress = stage(f"{candidate.id}: reading and labelling")
    training_set = build_training_set(candidate.id, experiment, recipe, runner, progress)
    provenance = DataProvenance(
        start=market.start,
        end=market.end,
        rows=len(training_set.samples),
        stored=store_features(training_set, experiment.plan),
        data_sha256=experiment.hashes["data"],
        program_sha256=experiment.hashes["program"],
    )
    return FoldTrainer(candidate.id, experiment, recipe, training_set, provenance, runner)


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
    if labelled < _LEAST_ROWS:
        raise BadInput(
            f"fold {number}: labelled rows to train on were {labelled}, allowed are {_LEAST_ROWS} or more;"
            " a longer period or fewer folds give more, and decisions that are made more often"
        )
    tested = samples.take((samples.starts >= test.start) & (samples.starts < test.end))
    return _Cut(number, train, test, rows, int(np.count_nonzero(early & ~clean)), tested)


def _content(task: TrainingTask) -> str:
    """Name a task by all that its result depends on."""
    about = asdict(task.metadata) | {"learned": task.metadata.learned.model_dump()}
    terms = {"about": about, "embargo": task.embargo, "days_per_year": task.days_per_year}
    digest = hashlib.sha256(config_sha256(task.recipe, terms, {"seed": task.seed, "explain": task.explain}).encode())
    for part in (task.train, task.test):
        for column in () if part is None else fields(part):
            values = np.ascontiguousarray(getattr(part, column.name))
            digest.update(f"{column.name} {values.shape} ".encode() + values.tobytes())
        digest.update(b"|")
    return digest.hexdigest()
