# file: tests/core/experiments/jobs/testprocesspool.py
from __future__ import annotations

import signal
import subprocess
import sys
import threading
from concurrent.futures import Future
from contextlib import suppress

import pytest
from joblib.externals.loky import ProcessPoolExecutor

from tests.core.experiments.jobs.samplejobs import act, total
from tradingbot.core.experiments.jobs import processpool as pool
from tradingbot.core.experiments.jobs.processpool import ProcessPool
from tradingbot.core.experiments.jobs.worker import Done


class _Interrupted(ProcessPoolExecutor):  # type: ignore[misc]
    """Ctrl-C comes in the midst of giving a job."""

    def submit(self, *given: object) -> Future[object]:
        signal.raise_signal(signal.SIGINT)
        future: Future[object] = super().submit(*given)
        return future


def test_ctrl_c_while_a_job_is_given_comes_once_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "ProcessPoolExecutor", _Interrupted)
    with ProcessPool(total, 1) as crew:
        with pytest.raises(KeyboardInterrupt):
            crew.start("seed 5", 5)
        assert crew.collect() == [("seed 5", Done(total(5)))]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_job_can_be_given_outside_the_main_thread() -> None:
    found: list[object] = []

    def work() -> None:
        with ProcessPool(total, 1) as crew:
            crew.start("seed 5", 5)
            found.extend(crew.collect())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [("seed 5", Done(total(5)))]


def test_the_first_worker_of_a_program_starts_deaf_to_ctrl_c() -> None:
    """Python's own tracker, begun with the first worker, makes its starter hear again."""
    code = """
from tests.core.experiments.jobs.samplejobs import deaf
from tradingbot.core.experiments.jobs.dispatch import run_jobs
print(run_jobs(deaf, {"first": 1}, workers=1))
"""
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    assert run.stdout == "{'first': True}\n"


def _used(job: str) -> None:
    """Have a pool do a job and leave it, by Ctrl-C when the job is endless."""
    with ProcessPool(act, 1) as crew:
        crew.start(job, job)
        if job == "wait":
            raise KeyboardInterrupt
        crew.collect()


@pytest.mark.parametrize("job", ["good", "die", "wait"])
def test_no_thread_outlives_a_pool(job: str) -> None:
    """A feeder that the end of the process cuts short may have unlinked a semaphore and not told loky's tracker."""
    before = threading.enumerate()
    with suppress(KeyboardInterrupt):
        _used(job)
    assert [thread for thread in threading.enumerate() if thread not in before] == []
