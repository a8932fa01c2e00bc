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
        self._lanes: list[Any] = []
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
            lane = self._idle.pop() if self._idle else self._hired()
            try:
                future = self._sent(lane, job)
            except BrokenProcessPool:
                self._dismiss(lane)
                lane = self._hired()
                future = self._sent(lane, job)
            self._busy[future] = (name, lane)
            future.add_done_callback(self._ended.put)

    def collect(self) -> list[tuple[str, Outcome[R]]]:
        """Wait until a job has ended and return those that have, in the order of their start."""
        # `wait` would be left by Ctrl-C with locks that the managers need to end.
        ended = {self._ended.get()}
        while not self._ended.empty():
            ended.add(self._ended.get())
        return [self._outcome(future) for future in list(self._busy) if future in ended]

    def _outcome(self, future: Future[Done[R] | Failed]) -> tuple[str, Outcome[R]]:
        name, lane = self._busy.pop(future)
        error = future.exception()
        if isinstance(error, BrokenProcessPool):
            with _uninterrupted():
                self._dismiss(lane)
        else:
            self._idle.append(lane)
        if isinstance(error, TerminatedWorkerError):
            return name, Died(_how(str(error)))
        return name, future.result() if error is None else failure_of(error)

    def _hired(self) -> Any:
        lane = ProcessPoolExecutor(
            1, timeout=_IDLE_S, initializer=bind_to_parent, initargs=(os.getpid(),), env=dict(SINGLE_THREADED)
        )
        self._lanes.append(lane)
        return lane

    def _dismiss(self, lane: Any) -> None:
        _end(lane, kill=False)
        self._lanes.remove(lane)

    def _sent(self, lane: Any, job: J) -> Future[Done[R] | Failed]:
        with _deaf_children():
            future: Future[Done[R] | Failed] = lane.submit(attempt, self._fn, job)
        return future

    def _end(self, kill: bool) -> None:
        # In threads, so that a second Ctrl-C interrupts the waiting but not the ending.
        ends = [threading.Thread(target=_end, args=(lane, kill)) for lane in self._lanes]
        with _quiet_managers() if kill else nullcontext():
            with _uninterrupted():
                for end in ends:
                    end.start()
            for end in ends:
                end.join()


def _end(lane: Any, kill: bool) -> None:
    workers, calls = list(lane._processes.values()), lane._call_queue
    lane.shutdown(kill_workers=kill)
    for worker in workers if kill else ():
        # One whose manager fell over is still there.
        if worker.is_alive():
            os.kill(worker.pid, signal.SIGKILL)
            worker.join()
    _drain(calls)


def _drain(calls: Any) -> None:
    # loky leaves its feeder to itself. One that dies with this process may have unlinked a semaphore and not yet said
    # so to the tracker, which then complains.
    calls.close()
    calls._reader.close()
    if calls._thread is not None:
        calls._thread.join()


@contextmanager
def _quiet_managers() -> Iterator[None]:
    # A loky manager that is killed between being given a job and looking at it falls over with a KeyError.
    told = threading.excepthook

    def hook(failed: threading.ExceptHookArgs) -> None:
        if failed.exc_type is not KeyError or getattr(failed.thread, "name", "") != "ExecutorManagerThread":
            told(failed)

    threading.excepthook = hook
    try:
        yield
    finally:
        threading.excepthook = told


def _how(text: str) -> str:
    found = _EXIT_CODES.search(text)
    return found[1] if found else "for a reason unknown"


@contextmanager
def _deaf_children() -> Iterator[None]:
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
    asked: list[tuple[int, FrameType | None]] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: asked.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if asked and callable(before):
            before(*asked[0])
