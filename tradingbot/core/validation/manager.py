# file: core/validation/manager.py
"""Validation manager: every run, resampling and rule a candidate goes through, in order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tradingbot.core.config.backtest import StrategySpec
from tradingbot.core.config.candidate import Fixed, Grid, ModelRecipe
from tradingbot.core.config.validation import Budget, ShockSpec
from tradingbot.core.experiments.candidate import Candidate, bound
from tradingbot.core.experiments.experiment import Experiment, open_experiment
from tradingbot.core.experiments.runner import ExperimentRunner
from tradingbot.core.progress import Stages
from tradingbot.core.runtime.decisions import refused_share_warning
from tradingbot.core.runtime.market import Market, Plan
from tradingbot.core.runtime.period import coverage_dict, coverage_sentences
from tradingbot.core.runtime.provenance import versions
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.statistics.folds import Span, whole_days
from tradingbot.core.time import DAY, to_iso
from tradingbot.core.validation.competingtrials import CompetingTrials, competing_trials
from tradingbot.core.validation.criteria.hardrules import broken_rules, funding_doubts, switched_off
from tradingbot.core.validation.crossvalidation import cross_validate
from tradingbot.core.validation.evaluation import Evaluation, diagnose, evaluate
from tradingbot.core.validation.evidence import evidence_of, run_stats
from tradingbot.core.validation.record import Origin, Path, Perturbation, Shock, ValidationRecord
from tradingbot.core.validation.recordbuilder import fan, pooled_part, trade_shuffle, trials_seen
from tradingbot.core.validation.selection import Combination, combinations, select
from tradingbot.core.validation.stress import perturbations, shocks
from tradingbot.core.validation.stress.regimes import causal_regimes, market_days, regimes
from tradingbot.core.validation.verdict import StressAnswer
from tradingbot.core.validation.walkforward import (
    WalkForward,
    fixed_walk_forward,
    fold_models_walk,
    schedule_fold_models,
    trained_walk_forward,
)
from tradingbot.learning.models.currentmodel import check_current
from tradingbot.learning.training.foldtrainer import FoldResult, prepare_training

_CANDIDATE = "candidate"


@dataclass(frozen=True, slots=True)
class _Trained:
    """The plan that is tested, what training chose for it, what was tried, and the folds' models; empty where none."""

    plan: Plan
    chosen: tuple[str, ...] = ()
    tried: Mapping[str, Combination] = field(default_factory=dict)
    records: Mapping[str, RunRecord] = field(default_factory=dict)
    taught: tuple[FoldResult, ...] = ()


@dataclass(frozen=True, slots=True)
class _Tested:
    """The run of that plan, its walk through the folds and the cross-validation."""

    record: RunRecord
    walk: WalkForward
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class _Stressed:
    """The re-runs, judged."""

    shocks: tuple[Shock, ...]
    moves: tuple[Perturbation, ...]
    answers: tuple[StressAnswer, ...]


def validate(candidate: Candidate, budget_name: str, executor: ExperimentRunner, stage: Stages) -> ValidationRecord:
    """Run everything `budget_name` asks for and return the record.

    `stage` is told each stage's title and returns what hears its (runs done, runs in all).

    Raises TradingbotError: Of whichever kind fits; what ran is in the ledger, and in the executor's store to go on
    from.
    """
    budget = candidate.limits.budgets["full" if budget_name == "full" else "quick"]
    year, seed = candidate.plan.config.lane.days_per_year, candidate.plan.config.seed
    head = executor.ledger.verify()
    experiment = open_experiment(candidate.plan)
    market, synthetic = experiment.market, experiment.synthetic
    trained = _train(candidate, experiment, budget, executor, stage)
    tested_on = experiment.variant(trained.plan)
    hashes = tested_on.hashes
    parent = hashlib.sha256((hashes["strategy"] + hashes["params"] + hashes["config"]).encode()).hexdigest()
    moved = perturbations.perturbed(trained.plan, budget, candidate.perturb, seed)
    specs = {name: candidate.limits.shocks[name] for name in budget.shocks}
    plans = _plans(trained, moved, specs)
    records = executor.run(tested_on, plans, parent, stage(f"{candidate.id}: {len(plans)} runs"))
    tested = _test(candidate, trained, records, budget)
    stressed = _stress(candidate, moved, specs, records)
    days, moves = market_days(market)
    found_regimes, regime_answers = regimes(
        tested.walk.evidence, days, causal_regimes(moves), candidate.limits.limits.regimes, year
    )
    answers = [*stressed.answers, *regime_answers, *_left_out(candidate, budget)]
    rivals = _rivals(executor, tested.record, hashes, parent)
    appraisal = evaluate(
        tested.walk.evidence,
        candidate.limits,
        days_per_year=year,
        rivals=rivals.rivals,
        stresses=answers,
        broken=broken_rules(tested.record, candidate.limits.allow_missing_funding),
        resamples=budget.resamples,
        seed=seed,
    )
    facts = appraisal.facts
    return ValidationRecord(
        candidate=candidate.id,
        run=_run_id(hashes, budget_name, head),
        verdict=appraisal.verdict,
        criteria=appraisal.criteria,
        pooled=pooled_part(facts),
        whole=run_stats(evidence_of(tested.record), year),
        folds=tested.walk.folds,
        paths=tested.paths,
        perturbations=stressed.moves,
        perturbation_criterion=perturbations.criterion(candidate.limits.limits.perturbations),
        perturbation_answer=next(item.answer for item in answers if item.name == "perturbations"),
        shocks=stressed.shocks,
        regimes=tuple(found_regimes),
        fan=fan(facts),
        reordering=trade_shuffle(facts.evidence, budget.resamples, seed),
        trials=trials_seen(facts, rivals, head),
        diagnostics=diagnose(facts, rivals.rivals, budget.blocks),
        cautions=_cautions(candidate, tested.record, appraisal, synthetic, market),
        switched_off=switched_off(candidate.limits),
        origin=_origin(
            candidate,
            trained,
            budget_name,
            bound(candidate, experiment.hashes if trained.taught else hashes),
            tested.record,
            len(plans) + len(trained.tried),
            market,
        ),
    )


def _train(
    candidate: Candidate, experiment: Experiment, budget: Budget, executor: ExperimentRunner, stage: Stages
) -> _Trained:
    if isinstance(candidate.recipe, ModelRecipe):
        return _taught(candidate, experiment, budget, executor, stage)
    if not isinstance(candidate.recipe, Grid):
        return _Trained(candidate.plan)
    tried = {item.label: item for item in combinations(candidate.plan, candidate.recipe)}
    plans = {label: ("search", item.plan) for label, item in tried.items()}
    records = executor.run(experiment, plans, "", stage(f"training: {len(plans)} combinations"))
    first = next(iter(records.values()))
    whole = [Span(*whole_days(first.start, first.end))]
    best = tried[select(records, whole, [], 0, candidate.plan.config.lane.days_per_year).label]
    chosen = tuple(f"{path}={json.dumps(value)}" for path, value in best.values.items())
    return _Trained(best.plan, chosen, tried, records)


def _taught(
    candidate: Candidate, experiment: Experiment, budget: Budget, executor: ExperimentRunner, stage: Stages
) -> _Trained:
    """Train again in every fold, so that no model has seen its test; the candidate's own is only what is certified."""
    recipe = check_current(candidate.id, candidate.model_recipe, experiment.hashes, candidate.plan.config.seed)
    school = prepare_training(replace(candidate, recipe=recipe), experiment, executor, stage)
    embargo = candidate.limits.embargo_days * DAY
    taught = school.folds(budget.folds, embargo, stage(f"{candidate.id}: {budget.folds} trainings"))
    plan = schedule_fold_models(candidate.plan, taught, school.memory, school.course.step_ns)
    return _Trained(plan, taught=tuple(taught))


def _plans(
    trained: _Trained, moved: Sequence[perturbations.PerturbedPlan], specs: Mapping[str, ShockSpec]
) -> dict[str, tuple[str, Plan]]:
    plans = {_CANDIDATE: ("candidate", trained.plan)}
    plans |= {_label(move): ("perturbation", move.plan) for move in moved if move.plan}
    return plans | {name: ("shock", shocks.shocked(trained.plan, spec)) for name, spec in specs.items()}


def _test(candidate: Candidate, trained: _Trained, records: Mapping[str, RunRecord], budget: Budget) -> _Tested:
    year, embargo = candidate.plan.config.lane.days_per_year, candidate.limits.embargo_days * DAY
    record = records[_CANDIDATE]
    if trained.taught:
        return _Tested(record, fold_models_walk(record, trained.taught, year), ())
    if not trained.tried:
        return _Tested(record, fixed_walk_forward(record, budget.folds, year), ())
    values = {label: item.values for label, item in trained.tried.items()}
    walk = trained_walk_forward(trained.records, values, budget.folds, embargo, year)
    return _Tested(record, walk, cross_validate(trained.records, budget.groups, budget.tested, embargo, year))


def _stress(
    candidate: Candidate,
    moved: Sequence[perturbations.PerturbedPlan],
    specs: Mapping[str, ShockSpec],
    records: Mapping[str, RunRecord],
) -> _Stressed:
    year, limits = candidate.plan.config.lane.days_per_year, candidate.limits.limits
    measured = {label: run_stats(evidence_of(record), year) for label, record in records.items()}
    found_shocks = tuple(
        shocks.judge(name, spec, measured[name], limits, shocks.unchanged(records[_CANDIDATE], records[name]))
        for name, spec in specs.items()
    )
    found_moves = tuple(
        Perturbation(
            parameter=move.parameter,
            factor=move.factor,
            value=move.value,
            measured=measured[_label(move)] if move.plan else None,
            refused=move.refused,
        )
        for move in moved
    )
    answer = perturbations.judge(found_moves, measured[_CANDIDATE].sharpe, limits.perturbations)[1]
    return _Stressed(found_shocks, found_moves, (answer, *map(shocks.answered, found_shocks)))


def _label(move: perturbations.PerturbedPlan) -> str:
    return f"{move.parameter} x{move.factor:g}"


def _left_out(candidate: Candidate, budget: Budget) -> list[StressAnswer]:
    """Name the stresses a smaller budget does not run: without them there is no PASS."""
    full = candidate.limits.budgets["full"]
    names = [name for name in full.shocks if name not in budget.shocks]
    if len(budget.factors) < len(full.factors):
        names.append("single parameters moved")
    return [StressAnswer(name, "unsettled", f"{name}: not run on this budget", missing=True) for name in names]


def _rivals(executor: ExperimentRunner, record: RunRecord, hashes: Mapping[str, str], parent: str) -> CompetingTrials:
    both = hashlib.sha256((hashes["config"] + hashes["params"]).encode()).hexdigest()
    own = (both, hashes["strategy"], hashes["data"])
    return competing_trials(executor.ledger, record.assets, record.start, record.end, own, parent)


def _run_id(hashes: Mapping[str, str], budget: str, head: str) -> str:
    """Name a run by everything it depends on, the ledger before it included, so that no other run has its folder."""
    text = "".join(hashes[name] for name in sorted(hashes)) + head
    return f"{budget}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _cautions(
    candidate: Candidate, record: RunRecord, appraisal: Evaluation, synthetic: bool, market: Market
) -> tuple[str, ...]:
    stopped = refused_share_warning(record.intents.to_dict())
    found = [] if stopped is None else [stopped]
    if synthetic:
        found.append("The market is synthetic, with planted edges: this verdict is evidence of nothing.")
    found += coverage_sentences(market.coverage, record.start, record.end)
    if isinstance(candidate.recipe, Fixed):
        found.append(
            "Nothing is trained, so every day is a test day; whether these parameters were chosen by looking at"
            " these days is what the trial ledger's correction is for."
        )
    if record.open_trades:
        found.append(
            f"{record.open_trades} trades were still open at the end: their result so far is in net profit, returns and"
            " drawdown, and in nothing that counts or weighs trades."
        )
    found += funding_doubts(record)
    found += [
        f"The limit of {item.title} was {item.limit:g}, looser than the program's own, {item.own_limit:g}."
        for item in appraisal.criteria
        if item.looser
    ]
    return tuple(found)


def _origin(
    candidate: Candidate,
    trained: _Trained,
    budget: str,
    parts: dict[str, str],
    record: RunRecord,
    runs: int,
    market: Market,
) -> Origin:
    config = trained.plan.config
    return Origin(
        command=candidate.command(budget),
        config=candidate.file,
        seed=config.seed,
        budget=budget,
        start=to_iso(record.start),
        end=to_iso(record.end),
        instruments=config.instruments,
        lane=str(config.lane),
        bar=config.bar,
        currency=config.currency,
        equity=float(config.start_equity),
        strategies=tuple(_plain(config.strategies)),
        recipe=candidate.recipe.kind,
        chosen=trained.chosen,
        synthetic=record.synthetic,
        data_label="synthetic market" if record.synthetic else "market data of the catalog",
        parts=parts,
        versions=versions(),
        runs=runs,
        coverage=coverage_dict(market.coverage),
    )


def _plain(strategies: Iterable[StrategySpec]) -> Iterable[dict[str, object]]:
    return (json.loads(spec.model_dump_json()) for spec in strategies)
