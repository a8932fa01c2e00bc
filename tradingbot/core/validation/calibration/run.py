# file: core/validation/calibration/run.py
"""Calibration run: its budgets, its four parts in order, resumed where cut short, and their exact bounds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy.special import bdtrc

from tradingbot.core.config.home import config_file
from tradingbot.core.experiments.jobs.dispatch import run_jobs
from tradingbot.core.experiments.jobs.resultstore import ResultStore
from tradingbot.core.progress import Stages
from tradingbot.core.runtime.provenance import code_sha256, versions
from tradingbot.core.statistics.binomial import clopper_pearson
from tradingbot.core.validation.calibration.cells import Cell, SearchResult, batches, limits, measure
from tradingbot.core.validation.calibration.enginesearch import (
    SCENARIOS,
    EngineScenario,
    EngineSearchResult,
    engine_jobs,
    engine_search,
)
from tradingbot.core.validation.calibration.record import (
    CalibrationRecord,
    Claim,
    EngineCell,
    NullCell,
    PowerCell,
    Rates,
    Share,
)
from tradingbot.core.validation.calibration.sabotage import Promote, sabotage, sabotage_jobs

_TAIL = 0.02275
_MISSED = 0.2
PLANTED = (1.0, 2.0, 3.0, 4.0)
_CONFIGS = ("validation.json", "lanes.json", "risk.json")


@dataclass(frozen=True, slots=True)
class Budget:
    """Searches of `trials` per cell without an edge (`null`) and for each planted Sharpe ratio (`power`).

    `engine` searches of `settings` runs over `hours` bars for each scenario; `resamples` of every bootstrap; `size`
    searches are done and kept together.
    """

    null: int
    power: int
    trials: int
    resamples: int
    engine: int
    settings: int
    hours: int
    size: int


@dataclass(frozen=True, slots=True)
class CalibrationResources:
    """How many processes work, where results are kept until the end, and the progress callbacks of each part."""

    workers: int
    folder: Path
    stage: Stages


BUDGETS: Mapping[str, Budget] = MappingProxyType(
    {
        "quick": Budget(null=20, power=10, trials=100, resamples=400, engine=1, settings=6, hours=17_520, size=10),
        "full": Budget(null=400, power=100, trials=100, resamples=1000, engine=2, settings=24, hours=17_520, size=20),
    }
)


def share(hits: int, n: int) -> Share:
    """Return the share with its exact 95 % bounds."""
    low, high = clopper_pearson(hits, n)
    return Share(hits=hits, n=n, low=low, high=high)


def rates(results: Sequence[SearchResult]) -> Rates:
    """Return how often each rule let the trial through."""
    hits = {name: sum(getattr(item, name) for item in results) for name in Rates.model_fields}
    return Rates(**{name: share(count, len(results)) for name, count in hits.items()})


def median_of(values: Iterable[float | None]) -> float | None:
    """Return the median of what is defined; None when nothing is."""
    known = [value for value in values if value is not None]
    return float(np.median(known)) if known else None


def null_cell(cell: Cell, trials: int, results: Sequence[SearchResult]) -> NullCell:
    """Return the summary of searches without an edge."""
    medians = {name: _median(results, name) or 0.0 for name in ("sharpe", "trades", "effective_trades")}
    return NullCell(**_searches(cell, trials, results), **medians)


def power_cell(cell: Cell, planted: float, trials: int, results: Sequence[SearchResult]) -> PowerCell:
    """Return the summary of searches with an edge of the annual Sharpe ratio `planted`."""
    return PowerCell(**_searches(cell, trials, results), planted=planted, sharpe=_median(results, "sharpe") or 0.0)


def engine_cell(scenario: EngineScenario, settings: int, searches: Sequence[EngineSearchResult]) -> EngineCell:
    """Return the summary of searches of `settings` runs each through the engine."""
    handed_in = [item.result for item in searches]
    return EngineCell(
        **{name: getattr(scenario, name) for name in ("name", "title", "edge", "strategy")},
        settings=settings,
        searches=len(searches),
        runs=sum(item.runs for item in searches),
        rates=rates(handed_in),
        sharpe=_median(handed_in, "sharpe"),
        profit_factor=_median(handed_in, "profit_factor"),
        trades=_median(handed_in, "trades") or 0.0,
        fees=sum(item.fees for item in searches),
    )


def allowed(level: float, n: int, places: int = 1) -> float:
    """Return the most that a gate of exactly `level` lets through, as a share of `n` searches.

    It goes beyond that in any of `places` counts with a chance of at most 2.3 %, the tail beyond two standard errors:
    the quantile of the binomial distribution at 1 - 0.023 / places.
    """
    return next(hits for hits in range(n + 1) if bdtrc(hits, n, level) <= _TAIL / places) / n if n else 1.0


def claims_of(null: Sequence[NullCell], engine: Sequence[EngineCell], level: float) -> tuple[Claim, ...]:
    """Return what the calibration is to show: noise is promoted no more often than `level`, a plain edge is seen.

    The adjusted p-value is held to that too, in every cell and in all together: no threshold helps it.
    """
    counted = [(cell.name, cell.rates) for cell in null]
    counted += [(cell.name, cell.rates) for cell in engine if not cell.edge]
    claims = []
    for rule, text in (("verdict", "the verdict"), ("adjusted_p", "the adjusted p-value alone")):
        shares = [(name, getattr(item, rule)) for name, item in counted]
        claims.append(_claim(f"Without an edge, {text} lets through no more than its level", shares, level))
    alone = [cell.rates.adjusted_p for cell in null]
    together = share(sum(item.hits for item in alone), sum(item.n for item in alone))
    text = "The same over all cells together"
    claims.append(_claim(text, [(f"{len(null)} cells, {together.n:,} searches", together)], level))
    for cell in engine:
        if cell.edge:
            missed = 1 - cell.rates.verdict.rate
            text = "The verdict misses a plain edge, run through the engine, at most one time in five"
            claims.append(Claim(text=text, value=missed, limit=_MISSED, where=cell.name, holds=missed <= _MISSED))
    return tuple(claims)


def calibrate(
    cells: Sequence[Cell], budget_name: str, seed: int, promote: Promote, resources: CalibrationResources, command: str
) -> CalibrationRecord:
    """Measure the gate in `cells`, in the engine and against every sabotage; return the record.

    The same seed, budget, cells, program and config give the same record, whatever the number of workers and however
    often it was interrupted. Raises TradingbotError: What a run raised, and WorkerDied; what was done is kept.
    """
    budget, level = BUDGETS[budget_name], limits().thresholds.adjusted_p
    null, power = _null_and_power(cells, budget, seed, resources)
    jobs = engine_jobs(budget.engine, budget.settings, budget.hours, budget.resamples, seed)
    depends = f"seed {seed} settings {budget.settings} hours {budget.hours} resamples {budget.resamples}"
    title = f"searches through the engine: {len(jobs)} of {budget.settings} runs"
    searches = list(zip(jobs.values(), _done(engine_search, jobs, resources, depends, title), strict=True))
    engine = tuple(
        engine_cell(scenario, budget.settings, [result for job, result in searches if job.scenario == scenario])
        for scenario in SCENARIOS
    )
    return CalibrationRecord(
        seed=seed,
        budget=budget_name,
        trials=budget.trials,
        resamples=budget.resamples,
        level=level,
        claims=claims_of(null, engine, level),
        null=null,
        power=power,
        engine=engine,
        sabotage=tuple(_done(sabotage, sabotage_jobs(seed, promote), resources, f"seed {seed}", "sabotage")),
        command=command,
        program=code_sha256([]),
        versions=versions(),
    )


def _searches(cell: Cell, trials: int, results: Sequence[SearchResult]) -> dict[str, Any]:
    return {"name": cell.name, "kind": cell.kind, "years": cell.years, "trials": trials, "searches": len(results),
            "rates": rates(results)}  # fmt: skip


def _median(results: Sequence[SearchResult], name: str) -> float | None:
    return median_of(getattr(item, name) for item in results)


def _claim(text: str, counted: Sequence[tuple[str, Share]], level: float) -> Claim:
    where, worst = max(counted, key=lambda item: item[1].rate - allowed(level, item[1].n, len(counted)))
    limit = allowed(level, worst.n, len(counted))
    return Claim(text=text, value=worst.rate, limit=limit, where=where, holds=worst.rate <= limit)


def _null_and_power(
    cells: Sequence[Cell], budget: Budget, seed: int, resources: CalibrationResources
) -> tuple[tuple[NullCell, ...], tuple[PowerCell, ...]]:
    depends = f"seed {seed} trials {budget.trials} resamples {budget.resamples}"
    rest = (budget.size, budget.trials, budget.resamples, seed)
    jobs = batches(cells, (0.0,), budget.null, *rest) | batches(cells, PLANTED, budget.power, *rest)
    title = f"searches at the returns level: {budget.null} and {budget.power} a cell"
    by_cell: dict[tuple[str, float], list[SearchResult]] = {}
    for job, results in zip(jobs.values(), _done(measure, jobs, resources, depends, title), strict=True):
        by_cell.setdefault((job.cell.name, job.planted), []).extend(results)
    null = tuple(null_cell(cell, budget.trials, by_cell[cell.name, 0.0]) for cell in cells)
    power = tuple(power_cell(cell, edge, budget.trials, by_cell[cell.name, edge]) for cell in cells for edge in PLANTED)
    return null, power


def _done[J, R](
    fn: Callable[[J], R], jobs: Mapping[str, J], resources: CalibrationResources, depends: str, title: str
) -> list[R]:
    """Do the jobs, with names that cover all a result depends on, so that no older result is taken for one of these."""
    sources = "".join(config_file(name).read_text(encoding="utf-8") for name in _CONFIGS)
    program = hashlib.sha256((code_sha256([]) + sources).encode()).hexdigest()[:16]
    named = {f"{program} {depends}: {name}": job for name, job in jobs.items()}
    store: ResultStore[R] = ResultStore(resources.folder)
    return list(run_jobs(fn, named, workers=resources.workers, store=store, progress=resources.stage(title)).values())
