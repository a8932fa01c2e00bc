# file: core/experiments/runner.py
"""Experiment runner: run plans as jobs and enter every one of them into the trial ledger."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tradingbot.core.config.home import home
from tradingbot.core.experiments.experiment import Experiment
from tradingbot.core.experiments.jobs.dispatch import run_jobs
from tradingbot.core.experiments.jobs.resultstore import ResultStore
from tradingbot.core.experiments.trials import Trial, TrialLedger
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.runtime.backtesthost import run_backtest
from tradingbot.core.runtime.market import Plan, open_planned_market
from tradingbot.core.runtime.runrecord import RunRecord, record_of

STRESSES = ("perturbation", "shock")
"""The purposes of runs that test a candidate and are no alternative to it."""


@dataclass(frozen=True, slots=True)
class RunJob:
    """A plan with its hashes, and the home and the working directory it is to be run in."""

    plan: Plan
    hashes: Mapping[str, str]
    home: str
    folder: str


@dataclass(frozen=True, slots=True)
class ExperimentRunner:
    """Where runs are recorded and resumed, how many run at once, and in whose name.

    `store` is None where nothing is to be resumed. `cluster` is a Ray address.
    """

    ledger: TrialLedger
    who: str
    workers: int
    cluster: str | None = None
    store: ResultStore[RunRecord] | None = None
    now: Callable[[], int] = field(default=time.time_ns)

    def run(
        self,
        experiment: Experiment,
        plans: Mapping[str, tuple[str, Plan]],
        parent: str,
        progress: Progress = no_progress,
    ) -> dict[str, RunRecord]:
        """Run every plan, a variant of `experiment` given by label with its purpose; return the records by label.

        A run is in the ledger before its result is kept, so that no result exists that was not counted. `parent` is the
        candidate that stress runs among them belong to.
        """
        variants = {label: experiment.variant(plan) for label, (_, plan) in plans.items()}
        labels = {f"{label} [{_content_sha256(variant)[:16]}]": label for label, variant in variants.items()}
        jobs = {key: job_of(variants[label]) for key, label in labels.items()}

        def landed(key: str, record: RunRecord) -> None:
            purpose, plan = plans[labels[key]]
            of = parent if purpose in STRESSES else ""
            self.ledger.record(trial_of(record, plan, purpose, labels[key], of, self.who), self.now())

        records = run_jobs(
            execute,
            jobs,
            workers=self.workers,
            cluster=self.cluster,
            store=self.store,
            progress=progress,
            landed=landed,
        )
        return {labels[key]: record for key, record in records.items()}


def job_of(experiment: Experiment) -> RunJob:
    """Return the job of running the experiment as this process would."""
    return RunJob(experiment.plan, experiment.hashes, str(home()), str(Path.cwd()))


def execute(job: RunJob) -> RunRecord:
    """Run the job in this process, which takes on its home and working directory.

    Raises TradingbotError: Of whichever kind fits.
    """
    os.environ["TRADINGBOT_HOME"] = job.home
    os.chdir(job.folder)
    plan = job.plan
    market, synthetic = open_planned_market(plan)
    outcome = run_backtest(plan, market)
    return record_of(plan.config, market, outcome, job.hashes, synthetic)


def trial_of(record: RunRecord, plan: Plan, purpose: str, label: str, parent: str, who: str) -> Trial:
    """Return the ledger's row of a run."""
    config = plan.config
    config_sha256, code_sha256, data_sha256 = run_identity(record.hashes)
    return Trial(
        who=who,
        purpose=purpose,
        label=label,
        lane=str(config.lane),
        strategy=", ".join(spec.path for spec in config.strategies),
        instruments=config.instruments,
        assets=record.assets,
        bar=config.bar,
        start=record.start,
        end=record.end,
        config_sha256=config_sha256,
        code_sha256=code_sha256,
        data_sha256=data_sha256,
        trades=len(record.pnl),
        days=record.days,
        returns=record.returns.astype(np.float32),
        parent=parent,
    )


def run_identity(hashes: Mapping[str, str]) -> tuple[str, str, str]:
    """Return a run's identity in the trial ledger: config with parameters, code and data, each as SHA-256 (hex)."""
    config = hashlib.sha256((hashes["config"] + hashes["params"]).encode()).hexdigest()
    return config, hashes["strategy"], hashes["data"]


def _content_sha256(experiment: Experiment) -> str:
    return hashlib.sha256(json.dumps(dict(experiment.hashes), sort_keys=True).encode()).hexdigest()
