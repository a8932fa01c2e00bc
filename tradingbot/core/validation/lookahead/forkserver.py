# file: core/validation/lookahead/forkserver.py
"""Fork server: run each job in a process in which nothing has happened yet."""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import os
import pickle
import select
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import pyarrow

from tradingbot.core.errors import TradingbotError, WorkerDied
from tradingbot.core.experiments.jobs.worker import Done, Failed, attempt
from tradingbot.core.market.instruments.listings import listings
from tradingbot.core.validation.lookahead.fileaccess import ARROW

_PRELOADED = ("tradingbot.core.validation.lookahead.rerun", *ARROW)
_SERVE = "import sys; sys.path[:] = {path!r}\nfrom {module} import serve\nserve({requests}, {answers})"


class _Server:
    """The fork server of this process. It ends when the pipe to it breaks, so with this process at the latest."""

    def __init__(self) -> None:
        requests, ask = os.pipe()
        tell, answers = os.pipe()
        code = _SERVE.format(path=sys.path, module=__name__, requests=requests, answers=answers)
        # In a session of its own: Ctrl-C is answered by whoever reads the results.
        self._process = subprocess.Popen(  # noqa: S603 - our own code
            [sys.executable, "-c", code], pass_fds=(requests, answers), stdin=subprocess.DEVNULL, start_new_session=True
        )
        os.close(requests)
        os.close(answers)
        self._ask, self._tell = os.fdopen(ask, "wb"), os.fdopen(tell, "rb")
        atexit.register(self._end, os.getpid())

    def ask(self, answer: str, job: bytes) -> int:
        """Hand a job over and return its child's exit code, 1 when the server is gone."""
        try:
            pickle.dump((sys.path, answer, job), self._ask)
            self._ask.flush()
        except BrokenPipeError:
            return 1
        return int(self._tell.readline() or b"1")

    def _end(self, owner: int) -> None:
        if os.getpid() == owner:
            self._ask.close()
            self._process.wait()
            self._tell.close()


_SERVERS: dict[int, _Server] = {}


def serve(requests: int, answers: int) -> None:
    """Do the jobs that come through the pipe `requests`, one by one, and write each child's exit code to `answers`.

    A job is a path and the pickle of `(fn, job)`; its outcome is pickled to that path. When the other side is gone, so
    are the child and this process.
    """
    for name in _PRELOADED:
        importlib.import_module(name)
    # Read once for all children; the child that needs a broken file reports it.
    with contextlib.suppress(TradingbotError):
        listings()
    # A child's own threads would cost it more than they save.
    pyarrow.set_cpu_count(1)
    pyarrow.set_io_thread_count(1)
    # What is never looked at by the collector is never copied for a child.
    gc.collect()
    gc.freeze()
    # The threads it means are pyarrow's and the allocator's, which know what to do in a fork.
    warnings.filterwarnings("ignore", ".*multi-threaded, use of fork", DeprecationWarning)
    line, back = os.fdopen(requests, "rb", buffering=0), os.fdopen(answers, "wb", buffering=0)
    with line, back, contextlib.suppress(EOFError):
        while True:
            path, answer, job = pickle.load(line)  # noqa: S301 - from our own parent
            back.write(f"{_forked(line, path, answer, job)}\n".encode())


def run_isolated[J, R](fn: Callable[[J], R], job: J) -> R:
    """Return `fn(job)`, done by a fork of a process that has imported the engine and never run it.

    Module globals, attributes of anybody's classes, the environment and the engine's own state are as at the start of
    the program, whatever ran before. `fn`, `job` and the result are picklable. Raises WorkerDied when the process ended
    without an answer; TradingbotError: What `fn` raised; `RunFailed` for foreign errors.
    """
    # By process: a fork of this one must not talk to its parent's server.
    server = _SERVERS.get(os.getpid())
    if server is None:
        _SERVERS.clear()
        server = _SERVERS[os.getpid()] = _Server()
    with tempfile.NamedTemporaryFile(prefix="lookahead-") as file:
        code = server.ask(file.name, pickle.dumps((fn, job)))
        answer = Path(file.name).read_bytes()
    if code or not answer:
        raise WorkerDied(f"a run apart ended without an answer, exit code {code}")
    outcome = cast("Done[R] | Failed", pickle.loads(answer))  # noqa: S301 - from our own child
    if isinstance(outcome, Failed):
        raise outcome.kind(outcome.text)
    return outcome.value


def _forked(line: BinaryIO, path: list[str], answer: str, job: bytes) -> int:
    """Fork; return the child's exit code, once it has ended or the line has broken."""
    alive, held = os.pipe()
    child = os.fork()
    if not child:
        _child(path, answer, job)
    os.close(held)
    ready, _, _ = select.select([alive, line.fileno()], [], [])
    if alive not in ready:
        os.kill(child, signal.SIGKILL)
    os.close(alive)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _child(path: list[str], answer: str, job: bytes) -> None:
    code = 1
    try:
        sys.path[:] = path
        # A fork inherits the state of the global generator, and what is not seeded would look as if it were.
        np.random.seed()
        fn, argument = pickle.loads(job)  # noqa: S301 - from our own parent
        Path(answer).write_bytes(pickle.dumps(attempt(fn, argument)))
        code = 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
