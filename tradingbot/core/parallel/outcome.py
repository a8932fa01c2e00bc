# file: core/parallel/outcome.py
"""How a job ended, as plain values that cross from a worker to the parent whatever the job did."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass

from tradingbot.core import errors
from tradingbot.core.errors import RunFailed, TradingbotError

__all__ = ["Died", "Done", "Failed", "Outcome", "attempt", "failure_of", "reraised"]


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
