# file: core/parallel/dispatch.py
"""Hand jobs to a crew of workers, retry once the job of a dead worker, and name the job that ends the run."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from tradingbot.core.errors import WorkerDied
from tradingbot.core.parallel.outcome import Died, Done, Failed, Outcome, reraised

__all__ = ["Crew", "answers"]


class Crew[J, R](Protocol):
    """Workers of whichever kind, each with one job at a time, so that a dead worker's job is known."""

    @property
    def size(self) -> int:
        """Return how many jobs it holds at once."""

    def start(self, name: str, job: J) -> None:
        """Begin a job; fewer than `size` are running."""

    def collect(self) -> Sequence[tuple[str, Outcome[R]]]:
        """Wait until a job has ended and return those that have, by name; one or more are running."""


def answers[J, R](crew: Crew[J, R], jobs: Mapping[str, J]) -> Iterator[tuple[str, R]]:
    """Yield each job's name and result as they land.

    Raises
    ------
    WorkerDied
        When a job's worker ended without an answer, twice.
    TradingbotError
        What a job raised, once the results that landed beside it are yielded.
    """
    waiting, deaths = deque(jobs), dict[str, str]()
    running = 0
    while waiting or running:
        while waiting and running < crew.size:
            name = waiting.popleft()
            crew.start(name, jobs[name])
            running += 1
        ended = crew.collect()
        running -= len(ended)
        yield from ((name, end.value) for name, end in ended if isinstance(end, Done))
        waiting.extendleft(_retried(ended, deaths))


def _retried[R](ended: Sequence[tuple[str, Outcome[R]]], deaths: dict[str, str]) -> list[str]:
    again = []
    for name, end in ended:
        if isinstance(end, Failed):
            raise reraised(name, end)
        if isinstance(end, Died):
            if name in deaths:
                raise WorkerDied(
                    f"job {name}: its worker ended without an answer, twice: {deaths[name]}, then {end.how}"
                )
            deaths[name] = end.how
            again.append(name)
    return again
