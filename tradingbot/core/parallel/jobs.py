# file: core/parallel/jobs.py
"""The one map behind which every run of a validation, a calibration or a search goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from tradingbot.core.errors import BadInput
from tradingbot.core.parallel.cluster import Cluster
from tradingbot.core.parallel.dispatch import Crew, answers
from tradingbot.core.parallel.pool import Pool
from tradingbot.core.parallel.store import Store

__all__ = ["run_jobs"]


def _unwatched(_done: int, _total: int) -> None:
    pass


def _unrecorded(_name: str, _result: object) -> None:
    pass


def run_jobs[J, R](
    fn: Callable[[J], R],
    jobs: Mapping[str, J],
    *,
    workers: int,
    cluster: str | None = None,
    store: Store[R] | None = None,
    progress: Callable[[int, int], None] = _unwatched,
    landed: Callable[[str, R], None] = _unrecorded,
) -> dict[str, R]:
    """Do `fn` for every job in other processes and return the results by name, in the order of `jobs`.

    `fn`, jobs and results are picklable. One worker is a process of its own too, so that the number of workers cannot
    change a result: a job may leave its working directory, environment or engine behind in the process it ran in.
    With a `cluster` (a Ray address, or `local` for one of `workers` CPUs here) the cluster's CPUs are the workers.

    Results in `store` are taken from there, the others go there as they land. `landed` is called once for each newly
    computed result, before it is stored: what is in the store was seen by `landed`. `progress` is called with how many
    are done and how many there are. However this ends, no worker outlives it; results that landed stay stored.

    Raises
    ------
    BadInput
        When `workers` is below 1, or the cluster extra is not installed.
    WorkerDied
        When the worker of a job ended without an answer, and again when the job was tried once more.
    TradingbotError
        What a job raised, with its name; `RunFailed` for foreign errors. Such a job is not tried again.
    """
    if workers < 1:
        raise BadInput(f"workers was {workers}, allowed is 1 or more")
    found = {} if store is None else store.kept(jobs)
    progress(len(found), len(jobs))
    left = {name: job for name, job in jobs.items() if name not in found}
    if left:
        with _crew(fn, min(workers, len(left)), cluster) as crew:
            for name, result in answers(crew, left):
                landed(name, result)
                if store is not None:
                    store.keep(name, result)
                found[name] = result
                progress(len(found), len(jobs))
    return {name: found[name] for name in jobs}


def _crew[J, R](fn: Callable[[J], R], workers: int, cluster: str | None) -> AbstractContextManager[Crew[J, R]]:
    return Pool(fn, workers) if cluster is None else Cluster(fn, cluster, workers)
