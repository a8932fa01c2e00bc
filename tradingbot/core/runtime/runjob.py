# file: core/runtime/runjob.py
"""A run as a job that another process can do: a plan in, plain arrays out."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tradingbot.core.config.home import home
from tradingbot.core.runtime.backtesthost import run
from tradingbot.core.runtime.hashing import hashes_of
from tradingbot.core.runtime.opening import opened
from tradingbot.core.runtime.plan import Plan
from tradingbot.core.runtime.runrecord import RunRecord, record_of

__all__ = ["RunJob", "execute", "job_of"]


@dataclass(frozen=True, slots=True)
class RunJob:
    """A plan with the home and the working directory it is to be run in."""

    plan: Plan
    home: str
    folder: str


def job_of(plan: Plan) -> RunJob:
    """Return the job of running `plan` as this process would."""
    return RunJob(plan, str(home()), str(Path.cwd()))


def execute(job: RunJob) -> RunRecord:
    """Run the job in this process, which takes on its home and working directory.

    Raises
    ------
    TradingbotError
        Of whichever kind fits.
    """
    os.environ["TRADINGBOT_HOME"] = job.home
    os.chdir(job.folder)
    planned = job.plan
    market, synthetic = opened(planned)
    hashes = hashes_of(planned, market)
    outcome = run(planned.config, planned.venue, planned.risk, planned.rates, market)
    return record_of(planned.config, market, outcome, hashes, synthetic)
