# file: core/validation/calibration/enginesearch.py
"""Searches through the engine: real costs, the trial ledger, and the verdict on the best run."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from tradingbot.core.experiments.experiment import open_experiment
from tradingbot.core.experiments.runner import execute, job_of, trial_of
from tradingbot.core.experiments.trials import TrialLedger
from tradingbot.core.runtime.backtesthost import run_backtest
from tradingbot.core.runtime.market import Market, Plan, plan
from tradingbot.core.validation.calibration.cells import DAYS_PER_YEAR, SearchResult, search_result
from tradingbot.core.validation.calibration.temporaryhome import STEP, hourly_bars, temporary_home, write_market
from tradingbot.core.validation.evaluation import competing_trials
from tradingbot.core.validation.evidence import evidence_of, run_stats

_TREND, _REVERSION = "strategies.trendfollow:TrendFollow", "strategies.meanreversion:MeanReversion"
_REPLAY = "tradingbot.core.validation.calibration.strategies:ScriptedStrategy"
_GRIDS: Mapping[str, Mapping[str, tuple[Any, ...]]] = MappingProxyType(
    {
        _TREND: {
            "entry_bars": (12, 18, 24, 36, 48, 72), "exit_bars": (6, 10), "range_bars": (48,), "stop_ranges": (4, 8),
        },
        _REVERSION: {
            "band_bars": (16, 24, 36, 48), "entry_score": (1.25, 1.5, 2), "least_way": (0.004,), "drift_bars": (24,),
            "judged_bars": (200,), "trend_limit": (5,), "hold_bars": (48,), "range_bars": (48,), "stop_ranges": (8, 12),
        },
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EngineScenario:
    """A kind of search: which strategy looks in which market, and whether its trades are moved to other times."""

    name: str
    title: str
    strategy: str
    planted: bool
    shifted: bool = False

    @property
    def edge(self) -> bool:
        """Whether there is something to be found."""
        return self.planted and not self.shifted


@dataclass(frozen=True, slots=True)
class EngineJob:
    """Search `number` of a scenario: `settings` runs over `hours` bars."""

    scenario: EngineScenario
    number: int
    settings: int
    hours: int
    resamples: int
    seed: int


@dataclass(frozen=True, slots=True)
class EngineSearchResult:
    """The verdict on the best run, how many runs the ledger held, and the fees of them all."""

    result: SearchResult
    runs: int
    fees: float


SCENARIOS = (
    EngineScenario("walk, trend", "trend following on random walks", _TREND, planted=False),
    EngineScenario("walk, reversion", "mean reversion on random walks", _REVERSION, planted=False),
    EngineScenario(
        "shifted", "mean reversion's trades at other times of a market that reverts", _REVERSION, True, shifted=True
    ),
    EngineScenario("reversion", "mean reversion on a market that reverts", _REVERSION, planted=True),
)


def engine_jobs(searches: int, settings: int, hours: int, resamples: int, seed: int) -> dict[str, EngineJob]:
    """Return the searches of every scenario by name."""
    return {
        f"engine {scenario.name} {number}": EngineJob(scenario, number, settings, hours, resamples, seed)
        for scenario in SCENARIOS
        for number in range(searches)
    }


def settings_of(strategy: str, count: int) -> list[dict[str, Any]]:
    """Return `count` settings of a shipped strategy, spread evenly over its grid of 24."""
    grid = _GRIDS[strategy]
    whole = [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]
    rows = np.unique(np.linspace(0, len(whole) - 1, min(count, len(whole))).round().astype(int))
    return [whole[row] for row in rows.tolist()]


def engine_search(job: EngineJob) -> EngineSearchResult:
    """Make a market, run every setting on it, and put the best before the verdict with all of them in the ledger.

    Works in a home of its own, which this process leaves again. Stresses are taken as passed. Raises TradingbotError:
    What a run raised.
    """
    rng = np.random.default_rng([job.seed, SCENARIOS.index(job.scenario), job.number])
    with temporary_home() as home:
        config = write_market(home, hourly_bars(job.hours, job.scenario.planted, rng), job.scenario.strategy, {})
        experiment = open_experiment(plan(config))
        ledger = TrialLedger(home / "state" / "trials.db")
        records = []
        for number, params in enumerate(settings_of(job.scenario.strategy, job.settings), start=1):
            planned = _planned(config, job.scenario.strategy, params)
            if job.scenario.shifted:
                planned = _planned(config, _REPLAY, _moved(planned, experiment.market, rng))
            record = execute(job_of(experiment.variant(planned)))
            ledger.record(trial_of(record, planned, "search", f"setting {number}", "", "calibrate"), number)
            records.append(record)
        best = max(records, key=lambda record: run_stats(evidence_of(record), DAYS_PER_YEAR).sharpe or -np.inf)
        rivals = competing_trials(ledger, best).rivals
        result = search_result(evidence_of(best), rivals, job.resamples, job.seed)
        return EngineSearchResult(result, len(ledger.rows()), sum(record.fees for record in records))


def _planned(config: Path, strategy: str, params: Mapping[str, Any]) -> Plan:
    return plan(config, [f"strategies={json.dumps([{'path': strategy, 'params': dict(params)}])}"])


def _moved(planned: Plan, market: Market, rng: np.random.Generator) -> dict[str, Any]:
    """Run the plan and return its trades as cues, all moved round the market by one random number of bars."""
    outcome = run_backtest(planned, market)
    bars = (market.end - market.start) // STEP.ns
    shift = int(rng.integers(bars // 10, bars - bars // 10))
    cues = []
    for trade in outcome.recorder.ledger.trades:
        enter = ((trade.entry_time - market.start) // STEP.ns + shift) % bars + 1
        held = max(1, ((trade.exit_time or market.end) - trade.entry_time) // STEP.ns)
        cues.append({"enter": int(enter), "leave": int(enter + held), "side": trade.side})
    return {"cues": cues}
