# file: core/experiments/jobs/processpool.py
"""Process pool on this machine: one loky executor per worker, so that a dead worker names its job."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext
from multiprocessing import resource_tracker
from queue import SimpleQueue
from types import FrameType, TracebackType
from typing import Any, Self

from joblib.externals.loky import ProcessPoolExecutor
from joblib.externals.loky.process_executor import TerminatedWorkerError

from tradingbot.core.experiments.jobs.worker import (
    SINGLE_THREADED,
    Died,
    Done,
    Failed,
    Outcome,
    attempt,
    bind_to_parent,
    failure_of,
)

_IDLE_S = 60
_EXIT_CODES = re.compile(r"exit codes of the workers are \{(.+)\}")


class ProcessPool[J, R]:
    """`size` worker processes that do `fn`; all of them have ended when the context is left, whatever ended it."""

    def __init__(self, fn: Callable[[J], R], size: int) -> None:
        self.size = size
        self._fn = fn
        self._executors: list[Any] = []
        self._idle: list[Any] = []
        self._busy: dict[Future[Done[R] | Failed], tuple[str, Any]] = {}
        self._ended: SimpleQueue[Future[Done[R] | Failed]] = SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end(kill=kind is not None)

    def start(self, name: str, job: J) -> None:
        """Begin a job in an idle worker, or in a new one."""
        with _uninterrupted():
            executor = self._idle.pop() if self._idle else self._new_executor()
            try:
                future = self._submit(executor, job)
            except BrokenProcessPool:
                self._dismiss(executor)
                executor = self._new_executor()
                future = self._submit(executor, job)
            self._busy[future] = (name, executor)
            future.add_done_callback(self._ended.put)

    def collect(self) -> list[tuple[str, Outcome[R]]]:
        """Wait until a job has ended and return those that have, in the order of their start."""
        # `wait` would be left by Ctrl-C with locks that the managers need to end.
        ended = {self._ended.get()}
        while not self._ended.empty():
            ended.add(self._ended.get())
        return [self._outcome(future) for future in list(self._busy) if future in ended]

    def _outcome(self, future: Future[Done[R] | Failed]) -> tuple[str, Outcome[R]]:
        name, executor = self._busy.pop(future)
        error = future.exception()
        if isinstance(error, BrokenProcessPool):
            with _uninterrupted():
                self._dismiss(executor)
        else:
            self._idle.append(executor)
        if isinstance(error, TerminatedWorkerError):
            codes = _EXIT_CODES.search(str(error))
            return name, Died(codes[1] if codes else "for a reason unknown")
        return name, future.result() if error is None else failure_of(error)

    def _new_executor(self) -> Any:
        executor = ProcessPoolExecutor(
            1, timeout=_IDLE_S, initializer=bind_to_parent, initargs=(os.getpid(),), env=dict(SINGLE_THREADED)
        )
        self._executors.append(executor)
        return executor

    def _dismiss(self, executor: Any) -> None:
        _end(executor, kill=False)
        self._executors.remove(executor)

    def _submit(self, executor: Any, job: J) -> Future[Done[R] | Failed]:
        with _interrupts_blocked():
            future: Future[Done[R] | Failed] = executor.submit(attempt, self._fn, job)
        return future

    def _end(self, kill: bool) -> None:
        # In threads, so that a second Ctrl-C interrupts the waiting but not the ending.
        ends = [threading.Thread(target=_end, args=(executor, kill)) for executor in self._executors]
        with _quiet_managers() if kill else nullcontext():
            with _uninterrupted():
                for end in ends:
                    end.start()
            for end in ends:
                end.join()


def _end(executor: Any, kill: bool) -> None:
    workers, calls = list(executor._processes.values()), executor._call_queue
    executor.shutdown(kill_workers=kill)
    for worker in workers if kill else ():
        # One whose manager fell over is still there.
        if worker.is_alive():
            os.kill(worker.pid, signal.SIGKILL)
            worker.join()
    # loky leaves its feeder to itself. One that dies with this process may have unlinked a semaphore and not yet said
    # so to the tracker, which then complains.
    calls.close()
    calls._reader.close()
    if calls._thread is not None:
        calls._thread.join()


@contextmanager
def _quiet_managers() -> Iterator[None]:
    # A loky manager that is killed between being given a job and looking at it falls over with a KeyError.
    before = threading.excepthook

    def hook(failed: threading.ExceptHookArgs) -> None:
        if failed.exc_type is not KeyError or getattr(failed.thread, "name", "") != "ExecutorManagerThread":
            before(failed)

    threading.excepthook = hook
    try:
        yield
    finally:
        threading.excepthook = before


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    # A process inherits the blocked signals: Ctrl-C while it starts would print its traceback over the parent's words.
    # The tracker comes first, as its start unblocks them.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    # Ctrl-C in the midst of loky or of a lock's Python code would leave locks held and semaphores behind.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    received: list[tuple[int, FrameType | None]] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: received.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if received and callable(before):
            before(*received[0])
