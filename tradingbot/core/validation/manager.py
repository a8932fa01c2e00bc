# file: core/validation/manager.py
"""Validation manager: every run, resampling and rule a candidate goes through, in order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tradingbot.core.config.candidate import Grid, ModelRecipe
from tradingbot.core.config.validation import Budget, ShockSpec
from tradingbot.core.experiments.candidate import Candidate, bound
from tradingbot.core.experiments.experiment import Experiment, open_experiment
from tradingbot.core.experiments.runner import ExperimentRunner
from tradingbot.core.progress import Stages
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.statistics.folds import Span, whole_days
from tradingbot.core.time import DAY
from tradingbot.core.validation import recordbuilder, walkforward
from tradingbot.core.validation.criteria import broken_rules, switched_off
from tradingbot.core.validation.crossvalidation import Combination, combinations, cross_validate, select
from tradingbot.core.validation.evaluation import competing_trials, diagnose, evaluate
from tradingbot.core.validation.evidence import evidence_of, run_stats
from tradingbot.core.validation.record import Path, Perturbation, Shock, ValidationRecord
from tradingbot.core.validation.stress import perturbations, shocks
from tradingbot.core.validation.stress.regimes import causal_regimes, market_days, regimes
from tradingbot.core.validation.verdict import StressAnswer
from tradingbot.learning.models.currentmodel import check_current
from tradingbot.learning.training.foldtrainer import FoldResult, prepare_training

_CANDIDATE = "candidate"


@dataclass(frozen=True, slots=True)
class _Trained:
    """What is tested, the settings training chose for it, what was tried, and the folds' models; empty where none."""

    experiment: Experiment
    chosen: tuple[str, ...] = ()
    tried: Mapping[str, Combination] = field(default_factory=dict)
    records: Mapping[str, RunRecord] = field(default_factory=dict)
    folds: tuple[FoldResult, ...] = ()


def validate(candidate: Candidate, budget_name: str, executor: ExperimentRunner, stage: Stages) -> ValidationRecord:
    """Run everything `budget_name` asks for and return the record.

    `stage` is called with each stage's title and returns the progress callback of (runs done, runs in all). Raises
    TradingbotError: Of whichever kind fits; what ran is in the ledger, and in the executor's store to go on from.
    """
    limits, seed, year = candidate.limits, candidate.plan.config.seed, candidate.plan.config.lane.days_per_year
    budget = limits.budgets["full" if budget_name == "full" else "quick"]
    head = executor.ledger.verify()
    experiment = open_experiment(candidate.plan)
    trained = _train(candidate, experiment, budget, executor, stage)
    tested = trained.experiment
    # A stress run belongs to the candidate by its code, parameters and config, whatever the data was.
    hashes = tested.hashes
    parent = hashlib.sha256((hashes["strategy"] + hashes["params"] + hashes["config"]).encode()).hexdigest()
    moved = perturbations.perturbed(tested.plan, budget, candidate.perturb, seed)
    specs = {name: limits.shocks[name] for name in budget.shocks}
    plans = {_CANDIDATE: ("candidate", tested.plan)}
    plans |= {_label(move): ("perturbation", move.plan) for move in moved if move.plan}
    plans |= {name: ("shock", shocks.shocked(tested.plan, spec)) for name, spec in specs.items()}
    records = executor.run(tested, plans, parent, stage(f"{candidate.id}: {len(plans)} runs"))
    record = records[_CANDIDATE]
    walk, paths = _walk(candidate, trained, record, budget)
    shaken, perturbed, answers = _stress(candidate, moved, specs, records)
    days, moves = market_days(experiment.market)
    by_regime, regime_answers = regimes(walk.evidence, days, causal_regimes(moves), limits.limits.regimes, year)
    answers += [*regime_answers, *_left_out(candidate, budget)]
    competing = competing_trials(executor.ledger, record, parent)
    evaluation = evaluate(
        walk.evidence,
        limits,
        days_per_year=year,
        rivals=competing.rivals,
        stresses=answers,
        broken=broken_rules(record, limits.allow_missing_funding),
        resamples=budget.resamples,
        seed=seed,
    )
    facts = evaluation.facts
    # What is certified is the candidate's own plan and model; the folds' models only tested it.
    parts = bound(candidate, experiment.hashes if trained.folds else hashes)
    runs = len(plans) + len(trained.tried)
    return ValidationRecord(
        candidate=candidate.id,
        run=recordbuilder.run_id(hashes, budget_name, head),
        verdict=evaluation.verdict,
        criteria=evaluation.criteria,
        pooled=recordbuilder.pooled_part(facts),
        whole=run_stats(evidence_of(record), year),
        folds=walk.folds,
        paths=paths,
        perturbations=perturbed,
        perturbation_criterion=perturbations.criterion(limits.limits.perturbations),
        perturbation_answer=next(item.answer for item in answers if item.name == "perturbations"),
        shocks=shaken,
        regimes=tuple(by_regime),
        fan=recordbuilder.fan(facts),
        reordering=recordbuilder.trade_shuffle(facts.evidence, budget.resamples, seed),
        trials=recordbuilder.trials_seen(facts, competing, head),
        diagnostics=diagnose(facts, competing.rivals, budget.blocks),
        cautions=recordbuilder.cautions(candidate, experiment, record, evaluation),
        switched_off=switched_off(limits),
        origin=recordbuilder.origin(
            candidate, tested.plan, trained.chosen, budget_name, parts, record, runs, experiment.market
        ),
    )


def _train(
    candidate: Candidate, experiment: Experiment, budget: Budget, executor: ExperimentRunner, stage: Stages
) -> _Trained:
    if isinstance(candidate.recipe, ModelRecipe):
        return _train_folds(candidate, experiment, budget, executor, stage)
    if not isinstance(candidate.recipe, Grid):
        return _Trained(experiment)
    tried = {item.label: item for item in combinations(candidate.plan, candidate.recipe)}
    plans = {label: ("search", item.plan) for label, item in tried.items()}
    records = executor.run(experiment, plans, "", stage(f"training: {len(plans)} combinations"))
    first = next(iter(records.values()))
    whole = [Span(*whole_days(first.start, first.end))]
    best = tried[select(records, whole, [], 0, candidate.plan.config.lane.days_per_year).label]
    chosen = tuple(f"{path}={json.dumps(value)}" for path, value in best.values.items())
    return _Trained(experiment.variant(best.plan), chosen, tried, records)


def _train_folds(
    candidate: Candidate, experiment: Experiment, budget: Budget, executor: ExperimentRunner, stage: Stages
) -> _Trained:
    """Train again in every fold, so that no model has seen its test; the candidate's own is only what is certified."""
    recipe = check_current(candidate.id, candidate.model_recipe, experiment.hashes, candidate.plan.config.seed)
    trainer = prepare_training(replace(candidate, recipe=recipe), experiment, executor, stage)
    embargo = candidate.limits.embargo_days * DAY
    folds = trainer.train_folds(budget.folds, embargo, stage(f"{candidate.id}: {budget.folds} trainings"))
    plan = walkforward.schedule_fold_models(candidate.plan, folds, trainer.memory, trainer.training_set.step_ns)
    return _Trained(experiment.variant(plan), folds=tuple(folds))


def _walk(
    candidate: Candidate, trained: _Trained, record: RunRecord, budget: Budget
) -> tuple[walkforward.WalkForward, tuple[Path, ...]]:
    year, embargo = candidate.plan.config.lane.days_per_year, candidate.limits.embargo_days * DAY
    if trained.folds:
        return walkforward.fold_models_walk(record, trained.folds, year), ()
    if not trained.tried:
        return walkforward.fixed_walk_forward(record, budget.folds, year), ()
    values = {label: item.values for label, item in trained.tried.items()}
    walk = walkforward.trained_walk_forward(trained.records, values, budget.folds, embargo, year)
    return walk, cross_validate(trained.records, budget.groups, budget.tested, embargo, year)


def _stress(
    candidate: Candidate,
    moved: Sequence[perturbations.PerturbedPlan],
    specs: Mapping[str, ShockSpec],
    records: Mapping[str, RunRecord],
) -> tuple[tuple[Shock, ...], tuple[Perturbation, ...], list[StressAnswer]]:
    year, limits, base = candidate.plan.config.lane.days_per_year, candidate.limits.limits, records[_CANDIDATE]
    measured = {label: run_stats(evidence_of(record), year) for label, record in records.items()}
    shaken = tuple(
        shocks.judge(name, spec, measured[name], limits, shocks.unchanged(base, records[name]))
        for name, spec in specs.items()
    )
    copied = ("parameter", "factor", "value", "refused")
    perturbed = tuple(
        Perturbation(
            measured=measured[_label(move)] if move.plan else None, **{name: getattr(move, name) for name in copied}
        )
        for move in moved
    )
    answer = perturbations.judge(perturbed, measured[_CANDIDATE].sharpe, limits.perturbations)
    return shaken, perturbed, [answer, *map(shocks.answered, shaken)]


def _label(move: perturbations.PerturbedPlan) -> str:
    return f"{move.parameter} x{move.factor:g}"


def _left_out(candidate: Candidate, budget: Budget) -> list[StressAnswer]:
    """Name the stresses a smaller budget does not run: without them there is no PASS."""
    full = candidate.limits.budgets["full"]
    names = [name for name in full.shocks if name not in budget.shocks]
    if len(budget.factors) < len(full.factors):
        names.append("single parameters moved")
    return [StressAnswer(name, "unsettled", f"{name}: not run on this budget", missing=True) for name in names]
