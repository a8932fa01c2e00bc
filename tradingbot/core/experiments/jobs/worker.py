# file: core/experiments/jobs/worker.py
"""Worker process: single-threaded maths, bound to its parent, and the outcome of a job as plain values."""

from __future__ import annotations

import os
import signal
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from tradingbot.core import errors
from tradingbot.core.errors import RunFailed, TradingbotError

_WATCH_S = 0.5
# One thread per worker: threads of N workers would fight for the same cores, and sums would depend on their number.
SINGLE_THREADED = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")}


@dataclass(frozen=True, slots=True)
class Done[R]:
    """The job's result."""

    value: R


@dataclass(frozen=True, slots=True)
class Failed:
    """What the job raised: the error it is raised as in the parent, its text and the worker's traceback."""

    kind: type[TradingbotError]
    text: str
    trace: str


@dataclass(frozen=True, slots=True)
class Died:
    """How the job's worker ended without an answer, such as `SIGKILL(-9)`."""

    how: str


type Outcome[R] = Done[R] | Failed | Died


def bind_to_parent(parent: int) -> None:
    """Ignore Ctrl-C, which the parent answers for all, and end when the process `parent` is gone, however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def end_with_parent() -> None:
        pause = threading.Event()
        while os.getppid() == parent:
            pause.wait(_WATCH_S)
        os._exit(1)

    threading.Thread(target=end_with_parent, name="parent watch", daemon=True).start()


def attempt[J, R](fn: Callable[[J], R], job: J) -> Done[R] | Failed:
    """Do the job in this process and return its end.

    Errors are described, not returned: one that cannot be unpickled would look like a dead worker.
    """
    try:
        return Done(fn(job))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the parent raises it again, with the job's name
        return failure_of(error)


def failure_of(error: BaseException) -> Failed:
    """Describe an error: ours keep their kind, every other is a `RunFailed` that says its type."""
    trace = "".join(traceback.format_exception(error))
    if isinstance(error, TradingbotError):
        kind = next(kind for kind in type(error).__mro__ if kind.__module__ == errors.__name__)
        return Failed(kind, str(error), trace)
    return Failed(RunFailed, f"{type(error).__name__}: {error}", trace)


def reraised(name: str, failed: Failed) -> TradingbotError:
    """Return the error to raise for job `name`, with the worker's traceback as a note."""
    error = failed.kind(f"job {name}: {failed.text}")
    error.add_note(f"In the worker:\n{failed.trace}")
    return error
