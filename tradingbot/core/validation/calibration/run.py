# file: core/validation/calibration/run.py
"""Calibration run: its budgets, its four parts in order, resumed where cut short."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from tradingbot.core.config.home import config_file
from tradingbot.core.experiments.jobs.dispatch import run_jobs
from tradingbot.core.experiments.jobs.resultstore import ResultStore
from tradingbot.core.progress import Stages
from tradingbot.core.runtime.provenance import code_sha256, versions
from tradingbot.core.validation.calibration.cells import Cell, SearchResult, batches, limits, measure
from tradingbot.core.validation.calibration.enginesearch import SCENARIOS, engine_jobs, engine_search
from tradingbot.core.validation.calibration.record import CalibrationRecord, NullCell, PowerCell
from tradingbot.core.validation.calibration.sabotage import Promote, sabotage, sabotage_jobs
from tradingbot.core.validation.calibration.summary import claims_of, engine_cell, null_cell, power_cell

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
