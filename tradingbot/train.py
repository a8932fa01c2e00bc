# file: train.py
"""Use case: recipe and catalog in, a candidate with a trained model out."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tradingbot.core.config.home import home, login
from tradingbot.core.errors import PolicyRefused
from tradingbot.core.experiments.candidate import Candidate, read_candidate
from tradingbot.core.experiments.experiment import open_experiment
from tradingbot.core.experiments.jobs.resultstore import ResultStore
from tradingbot.core.experiments.runner import ExperimentRunner
from tradingbot.core.experiments.trials import TrialLedger
from tradingbot.core.progress import Stages
from tradingbot.core.registry.states import Change, State
from tradingbot.core.registry.store import Registry, record_outcome, refuse_retired
from tradingbot.core.runtime.period import coverage_sentences
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.storage.atomicfile import write_atomic
from tradingbot.core.time import DAY
from tradingbot.learning.models.artefact import save
from tradingbot.learning.models.currentmodel import make_current, models_root
from tradingbot.learning.models.ensemble import STACK
from tradingbot.learning.training.foldtrainer import prepare_training
from tradingbot.learning.training.record import TrainingRecord
from tradingbot.learning.training.recording import track_training, training_record
from tradingbot.learning.training.scores import daily_net, net_by_fold


@dataclass(frozen=True, slots=True)
class Trained:
    """The record, where its files and the model are, and the tracking server's run (empty with tracking off)."""

    record: TrainingRecord
    json: Path
    html: Path
    model: Path
    tracked: str


def train(
    path: str | Path,
    settings: Sequence[str],
    *,
    trials: int | None,
    workers: int | None,
    cluster: str | None,
    tracking: bool,
    stage: Stages,
    now: Callable[[], int] = time.time_ns,
) -> Trained:
    """Train the candidate of `path`, in every fold of its walk forward and once more on everything.

    `trials` replaces those of the recipe's search. What an interrupted training finished is kept and not done again.

    Raises TradingbotError of the kind that fits; the candidate's last model is then still its model.
    """
    began = time.monotonic()
    candidate = _read(path, settings, trials)
    registry = Registry(home() / "state" / "registry.db")
    _refuse_standing(candidate, registry)
    store: ResultStore[RunRecord] = ResultStore(home() / "state" / "lessons" / candidate.id)
    ledger = TrialLedger(home() / "state" / "trials.db")
    runner = ExperimentRunner(ledger, login(), workers or os.cpu_count() or 1, cluster, store, now)
    experiment = open_experiment(candidate.plan)
    market, trainer = experiment.market, prepare_training(candidate, experiment, runner, stage)
    count = candidate.limits.budgets["full"].folds
    embargo, progress = candidate.limits.embargo_days * DAY, stage(f"{candidate.id}: {count + 1} trainings")
    folds, final = trainer.train_all(count, embargo, progress)
    model = save(final.artefact, models_root())
    followed = net_by_fold(folds, STACK, candidate.plan.config.lane.days_per_year)
    ledger.record(trainer.walk_forward_trial(sum(net.trades for net in followed), *daily_net(followed)), now())
    # The strategy's own run, which a meta model learns from, is a row too.
    own = 2 if candidate.model_recipe.target == "meta" else 1
    trials_recorded = own + sum(len(result.tried) for result in (*(fold.result for fold in folds), final))
    record = training_record(
        candidate, trainer.training_set, folds, final, model_sha256=model.name, synthetic=experiment.synthetic,
        trials=trials_recorded, seconds=round(time.monotonic() - began, 1),
        coverage=coverage_sentences(market.coverage, market.start, market.end),
    )  # fmt: skip
    folder = home() / "logs" / "training" / candidate.id / model.name[:16]
    json = write_atomic(folder / "report.json", record.to_json())
    html = write_atomic(folder / "report.html", _page(record))
    tracked = track_training(record, model, (json, html)) if tracking else ""
    # It may have been promoted meanwhile.
    _refuse_standing(candidate, registry)
    make_current(models_root(), candidate.id, model.name)
    spec, lane = candidate.plan.config.strategies[0].path, candidate.plan.config.lane
    why = f"trained: model {model.name[:16]}"
    record_outcome(registry, Change(candidate.id, State.CANDIDATE, login(), why, now(), "", spec, lane))
    store.clear()
    return Trained(record, json, html, model, tracked)


def _read(path: str | Path, settings: Sequence[str], trials: int | None) -> Candidate:
    candidate = read_candidate(path, settings)
    recipe = candidate.model_recipe
    if trials is not None:
        recipe = recipe.model_copy(update={"search": recipe.search.model_copy(update={"trials": trials})})
    return replace(candidate, recipe=recipe)


def _refuse_standing(candidate: Candidate, registry: Registry) -> None:
    if refuse_retired(registry, candidate.id) is State.PROMOTED:
        raise PolicyRefused(
            f"{candidate.id} is promoted and trades its model; train a challenger under another name, or demote it"
        )


def _page(record: TrainingRecord) -> str:
    from tradingbot.reports.training.page import render

    return render(record)
