# file: train.py
"""DOOR 1: recipe and catalog in, a candidate with a trained model out, ready to be validated."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tradingbot.core.config.home import home
from tradingbot.core.config.login import login
from tradingbot.core.errors import PolicyRefused
from tradingbot.core.parallel.store import Store
from tradingbot.core.portfolio.isotime import DAY
from tradingbot.core.registry.change import Change
from tradingbot.core.registry.outcome import record_outcome, refuse_retired
from tradingbot.core.registry.states import State
from tradingbot.core.registry.store import Registry
from tradingbot.core.report.period import coverage_sentences
from tradingbot.core.report.training.record import TrainingRecord
from tradingbot.core.report.writing import write_whole
from tradingbot.core.runtime.hashing import hashes_of
from tradingbot.core.runtime.opening import opened
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.trials.ledger import TrialLedger
from tradingbot.core.validation.candidate import Candidate, read_candidate
from tradingbot.core.validation.executor import Executor
from tradingbot.core.validation.training.counting import training_trial
from tradingbot.core.validation.training.enrolling import enrol
from tradingbot.core.validation.training.model import models_root
from tradingbot.core.validation.training.recording import training_record
from tradingbot.core.validation.training.scores import daily, followed
from tradingbot.core.validation.training.tracking import track
from tradingbot.learning.artefact import save
from tradingbot.learning.current import make_current
from tradingbot.learning.models.ensemble import STACK

__all__ = ["Trained", "train"]

type Stages = Callable[[str], Callable[[int, int], None]]


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

    Raises
    ------
    TradingbotError
        Of whichever kind fits; the candidate's last model is then still its model.
    """
    began = time.monotonic()
    candidate = _read(path, settings, trials)
    registry = Registry(home() / "state" / "registry.db")
    _refuse_standing(candidate, registry)
    store: Store[RunRecord] = Store(home() / "state" / "lessons" / candidate.id)
    ledger = TrialLedger(home() / "state" / "trials.db")
    executor = Executor(ledger, login(), workers or os.cpu_count() or 1, cluster, store, now)
    market, synthetic = opened(candidate.plan)
    school = enrol(candidate, market, synthetic, hashes_of(candidate.plan, market), executor, stage)
    folds = candidate.limits.budgets["full"].folds
    taught, final = school.all(
        folds, candidate.limits.embargo_days * DAY, stage(f"{candidate.id}: {folds + 1} trainings")
    )
    model = save(final.artefact, models_root())
    results = followed(taught, STACK, candidate.plan.config.lane.days_per_year)
    ledger.record(
        training_trial(
            candidate.plan, school.market, school.synthetic, candidate.id, candidate.model_recipe, school.learned,
            sum(result.trades for result in results), *daily(results), login(),
        ),
        now(),
    )  # fmt: skip
    # The strategy's own run, which a meta model learns from, is a row too.
    own = 2 if candidate.model_recipe.target == "meta" else 1
    counted = own + sum(len(lesson.tried) for lesson in (*(fold.lesson for fold in taught), final))
    seconds = round(time.monotonic() - began, 1)
    record = training_record(
        candidate, school.course, taught, final, model_sha256=model.name, synthetic=school.synthetic, trials=counted,
        seconds=seconds, coverage=coverage_sentences(market.coverage, market.start, market.end),
    )  # fmt: skip
    folder = home() / "logs" / "training" / candidate.id / model.name[:16]
    json = write_whole(folder / "report.json", record.to_json())
    html = write_whole(folder / "report.html", _page(record))
    tracked = track(record, model, (json, html)) if tracking else ""
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
    from tradingbot.core.report.training.page import render

    return render(record)
