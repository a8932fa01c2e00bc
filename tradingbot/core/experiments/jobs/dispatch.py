# file: core/experiments/jobs/dispatch.py
"""Map of a function over jobs: dispatch to workers, retry after a death, resume from the store."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from tradingbot.core.errors import BadInput, WorkerDied
from tradingbot.core.experiments.jobs.processpool import ProcessPool
from tradingbot.core.experiments.jobs.raycluster import RayCluster
from tradingbot.core.experiments.jobs.resultstore import ResultStore
from tradingbot.core.experiments.jobs.worker import Died, Done, Failed, Outcome, reraised
from tradingbot.core.progress import Progress, no_progress


class Workers[J, R](Protocol):
    """Workers of whichever kind, each with one job at a time, so that a dead worker's job is known."""

    @property
    def size(self) -> int:
        """Return how many jobs it holds at once."""

    def start(self, name: str, job: J) -> None:
        """Begin a job; fewer than `size` are running."""

    def collect(self) -> Sequence[tuple[str, Outcome[R]]]:
        """Wait until a job has ended and return those that have, by name; one or more are running."""


def job_results[J, R](pool: Workers[J, R], jobs: Mapping[str, J]) -> Iterator[tuple[str, R]]:
    """Yield each job's name and result as they land.

    Raises WorkerDied when a job's worker ended without an answer, twice; TradingbotError: What a job raised, once the
    results that landed beside it are yielded.
    """
    waiting, deaths = deque(jobs), dict[str, str]()
    running = 0
    while waiting or running:
        while waiting and running < pool.size:
            name = waiting.popleft()
            pool.start(name, jobs[name])
            running += 1
        ended = pool.collect()
        running -= len(ended)
        yield from ((name, end.value) for name, end in ended if isinstance(end, Done))
        for name, end in ended:
            if isinstance(end, Failed):
                raise reraised(name, end)
            if isinstance(end, Died):
                if name in deaths:
                    how = f"{deaths[name]}, then {end.how}"
                    raise WorkerDied(f"job {name}: its worker ended without an answer, twice: {how}")
                deaths[name] = end.how
                waiting.appendleft(name)


def run_jobs[J, R](
    fn: Callable[[J], R],
    jobs: Mapping[str, J],
    *,
    workers: int,
    cluster: str | None = None,
    store: ResultStore[R] | None = None,
    progress: Progress = no_progress,
    landed: Callable[[str, R], None] | None = None,
) -> dict[str, R]:
    """Do `fn` for every job in other processes and return the results by name, in the order of `jobs`.

    `fn`, jobs and results are picklable. One worker is a process of its own too, so that the number of workers cannot
    change a result: a job may leave its working directory, environment or engine behind in the process it ran in.
    With a `cluster` (a Ray address, or `local` for one of `workers` CPUs here) the cluster's CPUs are the workers.

    Results in `store` are taken from there, the others go there as they land. `landed` is called once for each newly
    computed result, before it is stored: what is in the store was seen by `landed`. `progress` is called with how many
    are done and how many there are. However this ends, no worker outlives it; results that landed stay stored. Raises
    BadInput when `workers` is below 1, or the cluster extra is not installed; WorkerDied when the worker of a job ended
    without an answer, and again when the job was tried once more; TradingbotError: What a job raised, with its name;
    `RunFailed` for foreign errors. Such a job is not tried again.
    """
    if workers < 1:
        raise BadInput(f"workers was {workers}, allowed is 1 or more")
    results = {} if store is None else store.kept(jobs)
    progress(len(results), len(jobs))
    left = {name: job for name, job in jobs.items() if name not in results}
    if left:
        size = min(workers, len(left))
        with ProcessPool(fn, size) if cluster is None else RayCluster(fn, cluster, size) as pool:
            for name, result in job_results(pool, left):
                if landed is not None:
                    landed(name, result)
                if store is not None:
                    store.keep(name, result)
                results[name] = result
                progress(len(results), len(jobs))
    return {name: results[name] for name in jobs}
