# file: bench/validator.py
"""One validation in a process of its own: `python -m bench.validator HOME BUDGET`, its times as JSON."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from tradingbot.core.progress import no_progress

_WORKERS = 2


def main(home: str, budget: str) -> None:
    """Validate the home's `year.json` on two workers and say where the time went."""
    os.environ["TRADINGBOT_HOME"] = home
    from tradingbot import validate as door
    from tradingbot.core.experiments import runner as executor
    from tradingbot.core.experiments.experiment import open_experiment
    from tradingbot.core.experiments.jobs.dispatch import run_jobs
    from tradingbot.core.experiments.runner import execute, job_of
    from tradingbot.core.runtime.market import plan
    from tradingbot.core.validation import manager

    spent: dict[str, float] = {}

    def timed(name: str, fn: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            try:
                return fn(*args, **kwargs)
            finally:
                spent[name] = spent.get(name, 0.0) + time.perf_counter() - began

        return wrapped

    for module, name, part in (
        (executor.ExperimentRunner, "run", "runs"),
        (manager, "appraise", "statistics"),
        (manager, "market_days", "regimes"),
        (door, "_page", "page"),
    ):
        setattr(module, name, timed(part, getattr(module, name)))
    began = time.perf_counter()
    found = door.run("year.json", [], budget=budget, workers=_WORKERS, cluster=None, stage=lambda _: no_progress)
    total = time.perf_counter() - began
    began = time.perf_counter()
    run_jobs(execute, {"alone": job_of(open_experiment(plan("year.json")))}, workers=1)
    alone = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peak += _WORKERS * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    unit = 1 if sys.platform == "darwin" else 1024
    answer = {
        "total": total,
        "alone": alone,
        "jobs": found.record.origin.runs,
        "ideal": alone * found.record.origin.runs / _WORKERS,
        "peak": peak * unit / 1e6,
    }
    sys.stdout.write(json.dumps(answer | spent))


if __name__ == "__main__":
    main(*sys.argv[1:])
