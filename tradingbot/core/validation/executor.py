# file: core/validation/executor.py
"""Run plans and put every one of them into the trial ledger: the only way to a run's result that doors have."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from tradingbot.core.parallel.jobs import run_jobs
from tradingbot.core.parallel.store import Store
from tradingbot.core.runtime.hashing import hashes_of
from tradingbot.core.runtime.opening import opened
from tradingbot.core.runtime.plan import Plan
from tradingbot.core.runtime.runjob import RunJob, execute, job_of
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.trials.ledger import TrialLedger
from tradingbot.core.trials.trial import Trial

__all__ = ["STRESSES", "Executor", "trial_of"]

STRESSES = ("perturbation", "shock")
"""The purposes of runs that test a candidate and are no alternative to it."""

type Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Executor:
    """Where runs are recorded and resumed, how many run at once, and in whose name.

    `store` is None where nothing is to be resumed. `cluster` is a Ray address.
    """

    ledger: TrialLedger
    who: str
    workers: int
    cluster: str | None = None
    store: Store[RunRecord] | None = None
    now: Callable[[], int] = field(default=time.time_ns)

    def run(
        self, plans: Mapping[str, tuple[str, Plan]], parent: str, progress: Progress = lambda done, total: None
    ) -> dict[str, RunRecord]:
        """Run every plan, given by label with its purpose, and return the records by label.

        A run is in the ledger before its result is kept, so that no result exists that was not counted. `parent` is the
        candidate that stress runs among them belong to.
        """
        labels = {f"{label} [{_content(plan)[:16]}]": label for label, (_, plan) in plans.items()}
        jobs: dict[str, RunJob] = {key: job_of(plans[label][1]) for key, label in labels.items()}

        def landed(key: str, record: RunRecord) -> None:
            purpose, plan = plans[labels[key]]
            of = parent if purpose in STRESSES else ""
            self.ledger.record(trial_of(record, plan, purpose, labels[key], of, self.who), self.now())

        found = run_jobs(
            execute,
            jobs,
            workers=self.workers,
            cluster=self.cluster,
            store=self.store,
            progress=progress,
            landed=landed,
        )
        return {labels[key]: record for key, record in found.items()}


def trial_of(record: RunRecord, plan: Plan, purpose: str, label: str, parent: str, who: str) -> Trial:
    """Return the ledger's row of a run. Its config hash covers parameters too."""
    config = plan.config
    both = hashlib.sha256((record.hashes["config"] + record.hashes["params"]).encode()).hexdigest()
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
        config_sha256=both,
        code_sha256=record.hashes["strategy"],
        data_sha256=record.hashes["data"],
        trades=len(record.pnl),
        days=record.days,
        returns=record.returns.astype(np.float32),
        parent=parent,
    )


def _content(plan: Plan) -> str:
    hashes = hashes_of(plan, opened(plan)[0])
    return hashlib.sha256(json.dumps(dict(hashes), sort_keys=True).encode()).hexdigest()
