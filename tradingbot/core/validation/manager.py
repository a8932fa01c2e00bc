# file: core/validation/manager.py
"""The validation manager: every run, every resampling and every rule a candidate goes through, in order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tradingbot.core.config.backtest import StrategySpec
from tradingbot.core.config.candidate import Grid
from tradingbot.core.config.validation import Budget
from tradingbot.core.folds.span import Span
from tradingbot.core.portfolio.isotime import to_iso
from tradingbot.core.report.validation.record import Origin, Path, Perturbation, Shock, ValidationRecord
from tradingbot.core.runtime.hashing import hashes_of
from tradingbot.core.runtime.plan import Plan
from tradingbot.core.runtime.provenance import versions
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.validation.appraisal import OWN, Appraisal, appraise
from tradingbot.core.validation.candidate import Candidate, bound, opened
from tradingbot.core.validation.crossvalidation import cross_validate
from tradingbot.core.validation.diagnosing import diagnose
from tradingbot.core.validation.evidence import evidence_of
from tradingbot.core.validation.executor import Executor
from tradingbot.core.validation.family import Family, family
from tradingbot.core.validation.hardrules import broken_rules
from tradingbot.core.validation.manner import manner
from tradingbot.core.validation.marketdays import market_days
from tradingbot.core.validation.reporting import fan, pooled_part, reordering, trials_seen
from tradingbot.core.validation.selection import Combination, combinations, pick
from tradingbot.core.validation.stress import perturbations, shocks
from tradingbot.core.validation.stress.regimes import causal_regimes, regimes
from tradingbot.core.validation.stressanswer import StressAnswer
from tradingbot.core.validation.walk import DAY, Walk, fixed_walk, trained_walk, whole_days

__all__ = ["validate"]

type Stages = Callable[[str], Callable[[int, int], None]]


@dataclass(frozen=True, slots=True)
class _Trained:
    """What training left: the plan that would trade, its run, the walk and the cross-validation."""

    plan: Plan
    record: RunRecord
    walk: Walk
    paths: tuple[Path, ...]
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stressed:
    """The re-runs, judged."""

    shocks: tuple[Shock, ...]
    moves: tuple[Perturbation, ...]
    answers: tuple[StressAnswer, ...]
    runs: int


def validate(candidate: Candidate, budget_name: str, executor: Executor, stage: Stages) -> ValidationRecord:
    """Run everything `budget_name` asks for and return the record.

    `stage` is told each stage's title and returns what hears its (runs done, runs in all).

    Raises
    ------
    TradingbotError
        Of whichever kind fits; what ran is in the ledger, and in the executor's store to go on from.
    """
    budget = candidate.limits.budgets["full" if budget_name == "full" else "quick"]
    year, seed = candidate.plan.config.lane.days_per_year, candidate.plan.config.seed
    head = executor.ledger.verify()
    market, synthetic = opened(candidate.plan)
    trained = _train(candidate, budget, executor, stage)
    hashes = hashes_of(trained.plan, market)
    parent = hashlib.sha256((hashes["strategy"] + hashes["params"] + hashes["config"]).encode()).hexdigest()
    stressed = _stress(candidate, trained, budget, executor, parent, stage)
    days, moves = market_days(market)
    found_regimes, regime_answers = regimes(
        trained.walk.evidence, days, causal_regimes(moves), candidate.limits.limits.regimes, year
    )
    answers = [*stressed.answers, *regime_answers, *_left_out(candidate, budget)]
    rivals = _rivals(executor, trained, hashes, parent)
    appraisal = appraise(
        trained.walk.evidence,
        candidate.limits,
        days_per_year=year,
        rivals=rivals.rivals,
        stresses=answers,
        broken=broken_rules(trained.record),
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
        whole=manner(evidence_of(trained.record), year),
        folds=trained.walk.folds,
        paths=trained.paths,
        perturbations=stressed.moves,
        perturbation_criterion=perturbations.criterion(candidate.limits.limits.perturbations),
        perturbation_answer=next(item.answer for item in answers if item.name == "perturbations"),
        shocks=stressed.shocks,
        regimes=tuple(found_regimes),
        fan=fan(facts),
        reordering=reordering(facts.evidence, budget.resamples, seed),
        trials=trials_seen(facts, rivals, head),
        diagnostics=diagnose(facts, rivals.rivals, budget.blocks),
        cautions=_cautions(candidate, trained, appraisal, synthetic),
        origin=_origin(candidate, trained, budget_name, bound(candidate, hashes), synthetic, stressed.runs),
    )


def _train(candidate: Candidate, budget: Budget, executor: Executor, stage: Stages) -> _Trained:
    year, embargo = candidate.plan.config.lane.days_per_year, candidate.limits.embargo_days * DAY
    if not isinstance(candidate.recipe, Grid):
        record = executor.run({"candidate": ("candidate", candidate.plan)}, "", stage("backtest"))["candidate"]
        return _Trained(candidate.plan, record, fixed_walk(record, budget.folds, year), ())
    tried = {item.label: item for item in combinations(candidate.plan, candidate.recipe)}
    plans = {label: ("search", item.plan) for label, item in tried.items()}
    records = executor.run(plans, "", stage(f"training: {len(plans)} combinations"))
    walk = trained_walk(records, {label: item.values for label, item in tried.items()}, budget.folds, embargo, year)
    best = _best(records, tried, embargo, year)
    paths = cross_validate(records, budget.groups, budget.tested, embargo, year)
    chosen = tuple(f"{path}={json.dumps(value)}" for path, value in best.values.items())
    return _Trained(best.plan, records[best.label], walk, paths, chosen)


def _best(records: Mapping[str, RunRecord], tried: Mapping[str, Combination], embargo: int, year: int) -> Combination:
    first = next(iter(records.values()))
    return tried[pick(records, [Span(*whole_days(first.start, first.end))], [], embargo, year).label]


def _stress(
    candidate: Candidate, trained: _Trained, budget: Budget, executor: Executor, parent: str, stage: Stages
) -> _Stressed:
    year, limits = candidate.plan.config.lane.days_per_year, candidate.limits.limits
    moves = perturbations.moved(trained.plan, budget, candidate.perturb, candidate.plan.config.seed)
    specs = {name: candidate.limits.shocks[name] for name in budget.shocks}
    plans = {f"{move.parameter} x{move.factor:g}": ("perturbation", move.plan) for move in moves if move.plan}
    plans |= {name: ("shock", shocks.shocked(trained.plan, spec)) for name, spec in specs.items()}
    records = executor.run(plans, parent, stage(f"stress: {len(plans)} runs"))
    measured = {label: manner(evidence_of(record), year) for label, record in records.items()}
    found_shocks = tuple(shocks.judge(name, spec, measured[name], limits) for name, spec in specs.items())
    found_moves = tuple(
        Perturbation(
            parameter=move.parameter,
            factor=move.factor,
            value=move.value,
            measured=measured[f"{move.parameter} x{move.factor:g}"] if move.plan else None,
            refused=move.refused,
        )
        for move in moves
    )
    base = manner(evidence_of(trained.record), year).sharpe
    answer = perturbations.judge(found_moves, base, limits.perturbations)[1]
    return _Stressed(found_shocks, found_moves, (answer, *map(shocks.answered, found_shocks)), len(plans) + 1)


def _left_out(candidate: Candidate, budget: Budget) -> list[StressAnswer]:
    """Name the stresses a smaller budget does not run: without them there is no PASS."""
    full = candidate.limits.budgets["full"]
    names = [name for name in full.shocks if name not in budget.shocks]
    if len(budget.factors) < len(full.factors):
        names.append("single parameters moved")
    return [StressAnswer(name, "unsettled", f"{name}: not run on this budget", missing=True) for name in names]


def _rivals(executor: Executor, trained: _Trained, hashes: Mapping[str, str], parent: str) -> Family:
    record = trained.record
    both = hashlib.sha256((hashes["config"] + hashes["params"]).encode()).hexdigest()
    own = (both, hashes["strategy"], hashes["data"])
    return family(executor.ledger, record.assets, record.start, record.end, own, parent)


def _run_id(hashes: Mapping[str, str], budget: str, head: str) -> str:
    """Name a run by everything it depends on, the ledger before it included, so that no other run has its folder."""
    text = "".join(hashes[name] for name in sorted(hashes)) + head
    return f"{budget}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _cautions(candidate: Candidate, trained: _Trained, appraisal: Appraisal, synthetic: bool) -> tuple[str, ...]:
    found: list[str] = []
    if synthetic:
        found.append("The market is synthetic, with planted edges: this verdict is evidence of nothing.")
    if not isinstance(candidate.recipe, Grid):
        found.append(
            "Nothing is trained, so every day is a test day; whether these parameters were chosen by looking at"
            " these days is what the trial ledger's correction is for."
        )
    if trained.record.open_trades:
        found.append(f"{trained.record.open_trades} trades were still open at the end and are not counted.")
    found += [
        f"The limit of {item.title} was {item.limit:g}, looser than the program's own, {OWN_VALUES[item.name]:g}."
        for item in appraisal.criteria
        if item.looser
    ]
    return tuple(found)


OWN_VALUES: Mapping[str, float] = OWN.model_dump()


def _origin(
    candidate: Candidate, trained: _Trained, budget: str, parts: dict[str, str], synthetic: bool, runs: int
) -> Origin:
    config = trained.plan.config
    return Origin(
        command=candidate.command(budget),
        config=candidate.file,
        seed=config.seed,
        budget=budget,
        start=to_iso(trained.record.start),
        end=to_iso(trained.record.end),
        instruments=config.instruments,
        lane=str(config.lane),
        bar=config.bar,
        currency=config.currency,
        equity=float(config.start_equity),
        strategies=tuple(_plain(config.strategies)),
        recipe=candidate.recipe.kind,
        chosen=trained.chosen,
        synthetic=synthetic,
        data_label="synthetic market" if synthetic else "market data of the catalog",
        parts=parts,
        versions=versions(),
        runs=runs,
    )


def _plain(strategies: Iterable[StrategySpec]) -> Iterable[dict[str, object]]:
    return (json.loads(spec.model_dump_json()) for spec in strategies)
