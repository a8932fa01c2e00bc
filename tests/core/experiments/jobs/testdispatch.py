# file: tests/core/experiments/jobs/testdispatch.py
from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.experiments.jobs.samplejobs import act, process, threads, total, unsendable
from tradingbot.core.errors import BadInput, RunFailed, StrategyFailed, TradingbotError, WorkerDied
from tradingbot.core.experiments.jobs.dispatch import job_results, run_jobs
from tradingbot.core.experiments.jobs.resultstore import ResultStore
from tradingbot.core.experiments.jobs.worker import Died, Done, Failed, Outcome


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


@given(deaths=st.lists(st.booleans(), max_size=8), size=st.integers(1, 4), at_once=st.integers(1, 4))
def test_every_job_is_answered_once_however_many_workers_die_once(deaths: list[bool], size: int, at_once: int) -> None:
    ends: dict[str, list[Outcome[int]]] = {
        f"job {number}": [*[Died("SIGKILL(-9)")] * died, Done(number)] for number, died in enumerate(deaths)
    }
    crew = Script(size, ends, at_once)
    found = list(job_results(crew, dict.fromkeys(ends)))
    assert sorted(found) == [(f"job {number}", number) for number in range(len(deaths))]
    assert len(crew.started) == len(deaths) + sum(deaths)
    assert crew.most <= size


def test_two_ways_to_die_are_both_said() -> None:
    crew = Script(1, {"a": [Died("SIGSEGV(-11)"), Died("EXIT(3)")]})
    sentence = r"^job a: its worker ended without an answer, twice: SIGSEGV\(-11\), then EXIT\(3\)$"
    with pytest.raises(WorkerDied, match=sentence):
        list(job_results(crew, {"a": None}))


def test_results_that_landed_beside_a_failure_are_not_lost_and_nothing_starts_after_it() -> None:
    bad: list[Outcome[int]] = [Failed(RunFailed, "broke", "")]
    crew = Script(3, {"bad": bad, "good": [Done(1)], "better": [Done(2)]}, at_once=3)
    landed: list[tuple[str, int]] = []
    with pytest.raises(RunFailed, match="job bad: broke"):
        landed.extend(job_results(crew, dict.fromkeys(["bad", "good", "better"])))
    assert landed == [("good", 1), ("better", 2)]
    crew = Script(1, {"bad": bad, "later": [Done(1)]})
    with pytest.raises(RunFailed):
        list(job_results(crew, dict.fromkeys(["bad", "later"])))
    assert crew.started == ["bad"]


_RUN = """
import sys
from pathlib import Path
from tests.core.experiments.jobs.samplejobs import act
from tradingbot.core.experiments.jobs.dispatch import run_jobs
from tradingbot.core.experiments.jobs.resultstore import ResultStore

folder = Path(sys.argv[1])
jobs = {"quick": "good", "slow": f"wait {folder / 'go'}", "slower": f"wait {folder / 'go'}"}
store = ResultStore(folder / "store")
run_jobs(act, jobs, workers=2, store=store, progress=lambda done, of: print(done, of, flush=True))
"""


def test_one_two_and_four_workers_give_the_same_results_in_the_order_of_the_jobs() -> None:
    jobs = {f"seed {seed}": seed for seed in (5, 3, 4, 1, 2, 6)}
    found = [run_jobs(total, jobs, workers=workers) for workers in (1, 2, 4)]
    assert found[0] == {name: total(seed) for name, seed in jobs.items()}
    assert [list(results.items()) for results in found] == [list(found[0].items())] * 3
    seen: list[tuple[int, int]] = []
    run_jobs(total, {"a": 1, "b": 2}, workers=2, progress=lambda done, of: seen.append((done, of)))
    assert seen == [(0, 2), (1, 2), (2, 2)]


def test_one_worker_is_a_process_of_its_own_with_one_thread() -> None:
    (one, two) = run_jobs(process, {"a": 1, "b": 2}, workers=1).values()
    assert one == two != os.getpid()
    assert set(run_jobs(threads, {"a": 1}, workers=1)["a"]) == {"1"}
    assert run_jobs(total, {}, workers=3) == {}
    for workers in (0, -1):
        with pytest.raises(BadInput, match=f"workers was {workers}, allowed is 1 or more"):
            run_jobs(total, {"a": 1}, workers=workers)


def test_the_job_of_a_killed_worker_is_done_by_another(tmp_path: Path) -> None:
    jobs = {"good": "good", "victim": f"die-once {tmp_path / 'died'}", "better": "better"}
    landed: list[str] = []
    found = run_jobs(act, jobs, workers=2, landed=lambda name, _: landed.append(name))
    assert found == {"good": "good", "victim": "survived", "better": "better"}
    assert sorted(landed) == ["better", "good", "victim"]


@pytest.mark.parametrize(("deed", "how"), [("die", r"SIGKILL\(-9\)"), ("leave", r"EXIT\(3\)")])
def test_a_job_that_kills_its_worker_twice_is_named(tmp_path: Path, deed: str, how: str) -> None:
    store: ResultStore[str] = ResultStore(tmp_path)
    jobs = {"good": "good", "deadly": deed}
    sentence = f"^job deadly: its worker ended without an answer, twice: {how}, then {how}$"
    with pytest.raises(WorkerDied, match=sentence):
        run_jobs(act, jobs, workers=1, store=store)
    assert store.kept(jobs) == {"good": "good"}


@pytest.mark.parametrize(
    ("deed", "kind", "text"),
    [("ours", StrategyFailed, "the ladder broke"), ("stubborn", RunFailed, "Stubborn: 1 and 2")],
)
def test_what_a_job_raises_is_raised_with_its_name(deed: str, kind: type[TradingbotError], text: str) -> None:
    with pytest.raises(kind) as caught:
        run_jobs(act, {"faulty": deed}, workers=1)
    assert type(caught.value) is kind
    assert str(caught.value) == f"job faulty: {text}"
    assert "samplejobs.py" in caught.value.__notes__[0]


def test_a_failing_job_stops_those_beside_it_and_a_job_or_a_result_that_cannot_be_sent_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunFailed, match="job faulty"):
        run_jobs(act, {"endless": "wait", "faulty": "foreign"}, workers=2)
    with pytest.raises(RunFailed, match=r"job odd: .*pickle"):
        run_jobs(unsendable, {"odd": 1}, workers=1)
    with (tmp_path / "open").open("w") as file, pytest.raises(RunFailed, match=r"job odd: .*pickle"):
        run_jobs(act, {"odd": file}, workers=1)  # type: ignore[arg-type]


def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path) -> None:
    store: ResultStore[float] = ResultStore(tmp_path)
    jobs = {f"seed {seed}": seed for seed in range(4)}
    landed: list[str] = []

    def interrupt(name: str, _: float) -> None:
        if len(landed) == 2:
            raise KeyboardInterrupt
        landed.append(name)

    with pytest.raises(KeyboardInterrupt):
        run_jobs(total, jobs, workers=2, store=store, landed=interrupt)
    assert list(store.kept(jobs)) == sorted(landed)
    seen: list[tuple[int, int]] = []
    note, follow = (lambda name, _: landed.append(name)), (lambda done, of: seen.append((done, of)))
    found = run_jobs(total, jobs, workers=2, store=store, landed=note, progress=follow)
    assert found == {name: total(seed) for name, seed in jobs.items()}
    assert sorted(landed) == list(jobs)
    assert seen == [(2, 4), (3, 4), (4, 4)]


def test_a_torn_result_is_computed_again(tmp_path: Path) -> None:
    store: ResultStore[float] = ResultStore(tmp_path)
    jobs = {"a": 1, "b": 2}
    whole = run_jobs(total, jobs, workers=1, store=store)
    torn = next(tmp_path.iterdir())
    torn.write_bytes(torn.read_bytes()[:-3])
    landed: list[str] = []
    assert run_jobs(total, jobs, workers=1, store=store, landed=lambda name, _: landed.append(name)) == whole
    assert len(landed) == 1


@contextmanager
def _started(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run one quick and two endless jobs in a session of their own, from when the quick one is kept; then end all."""
    command = [sys.executable, "-W", "error", "-c", _RUN, str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, start_new_session=True) as run:
        try:
            assert run.stdout is not None
            assert [run.stdout.readline() for _ in range(2)] == ["0 3\n", "1 3\n"]
            yield run
        finally:
            # Workers may outlive a run that a test gave up waiting for.
            with suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)


@pytest.mark.parametrize("whole_terminal", [False, True], ids=["the parent alone", "everyone at the terminal"])
def test_ctrl_c_leaves_a_run_to_resume_and_no_process(tmp_path: Path, whole_terminal: bool) -> None:
    with _started(tmp_path) as run:
        (os.killpg if whole_terminal else os.kill)(run.pid, signal.SIGINT)
        # Workers hold the pipes as well: this returns only when the last of them has ended.
        _, errors = run.communicate(timeout=20)
    assert run.returncode == -signal.SIGINT
    assert errors.count("Traceback") == 1
    assert errors.endswith("KeyboardInterrupt\n")
    (tmp_path / "go").touch()
    landed: list[str] = []
    jobs = {"quick": "good", "slow": f"wait {tmp_path / 'go'}", "slower": f"wait {tmp_path / 'go'}"}
    store: ResultStore[str] = ResultStore(tmp_path / "store")
    found = run_jobs(act, jobs, workers=2, store=store, landed=lambda name, _: landed.append(name))
    assert found == {"quick": "good", "slow": "survived", "slower": "survived"}
    assert sorted(landed) == ["slow", "slower"]


def test_workers_end_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    with _started(tmp_path) as run:
        run.kill()
        run.communicate(timeout=20)
    assert run.returncode == -signal.SIGKILL
