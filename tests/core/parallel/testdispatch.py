# file: tests/core/parallel/testdispatch.py
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.errors import RunFailed, WorkerDied
from tradingbot.core.parallel.dispatch import answers
from tradingbot.core.parallel.outcome import Died, Done, Failed, Outcome


class Script:
    """A crew whose every job ends as written, one list of ends per job."""

    def __init__(self, size: int, ends: dict[str, list[Outcome[int]]], at_once: int = 1) -> None:
        self.size = size
        self.started: list[str] = []
        self.most = 0
        self._ends = {name: list(those) for name, those in ends.items()}
        self._running: list[str] = []
        self._at_once = at_once

    def start(self, name: str, _: None) -> None:
        self.started.append(name)
        self._running.append(name)
        self.most = max(self.most, len(self._running))

    def collect(self) -> list[tuple[str, Outcome[int]]]:
        ended, self._running = self._running[: self._at_once], self._running[self._at_once :]
        return [(name, self._ends[name].pop(0)) for name in ended]


@given(
    deaths=st.lists(st.booleans(), max_size=8),
    size=st.integers(1, 4),
    at_once=st.integers(1, 4),
)
def test_every_job_is_answered_once_however_many_workers_die_once(deaths: list[bool], size: int, at_once: int) -> None:
    ends: dict[str, list[Outcome[int]]] = {
        f"job {number}": [*[Died("SIGKILL(-9)")] * died, Done(number)] for number, died in enumerate(deaths)
    }
    crew = Script(size, ends, at_once)
    found = list(answers(crew, dict.fromkeys(ends)))
    assert sorted(found) == [(f"job {number}", number) for number in range(len(deaths))]
    assert len(crew.started) == len(deaths) + sum(deaths)
    assert crew.most <= size


def test_two_ways_to_die_are_both_said() -> None:
    crew = Script(1, {"a": [Died("SIGSEGV(-11)"), Died("EXIT(3)")]})
    with pytest.raises(
        WorkerDied, match=r"^job a: its worker ended without an answer, twice: SIGSEGV\(-11\), then EXIT\(3\)$"
    ):
        list(answers(crew, {"a": None}))


def test_results_that_landed_beside_a_failure_are_not_lost() -> None:
    crew = Script(3, {"bad": [Failed(RunFailed, "broke", "")], "good": [Done(1)], "better": [Done(2)]}, at_once=3)
    landed: list[tuple[str, int]] = []
    with pytest.raises(RunFailed, match="job bad: broke"):
        landed.extend(answers(crew, dict.fromkeys(["bad", "good", "better"])))
    assert landed == [("good", 1), ("better", 2)]


def test_nothing_starts_after_a_failure() -> None:
    crew = Script(1, {"bad": [Failed(RunFailed, "broke", "")], "later": [Done(1)]})
    with pytest.raises(RunFailed):
        list(answers(crew, dict.fromkeys(["bad", "later"])))
    assert crew.started == ["bad"]
