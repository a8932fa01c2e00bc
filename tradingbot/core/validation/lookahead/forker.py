# file: core/validation/lookahead/forker.py
"""A process that imports the engine, never runs it, and forks a child for every job it is handed."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pickle
import select
import signal
import sys
import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow

from tradingbot.core.errors import TradingbotError
from tradingbot.core.market.instruments import listings
from tradingbot.core.parallel.outcome import attempt
from tradingbot.core.validation.lookahead.reads import ARROW

__all__ = ["serve"]

_PRELOADED = ("tradingbot.core.validation.lookahead.look", *ARROW)


def serve(asked: int, told: int) -> None:
    """Do the jobs that come through the pipe `asked`, one by one, and tell each child's end through `told`.

    A job is a path and the pickle of `(fn, job)`; its outcome is pickled to that path, and the number told is the
    child's exit code. When the other side is gone, so are the child and this process.
    """
    for name in _PRELOADED:
        importlib.import_module(name)
    # Read once for all children; a broken file is told of by the child that needs it.
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
    with os.fdopen(asked, "rb", buffering=0) as line, os.fdopen(told, "wb", buffering=0) as back:
        while request := _request(line):
            back.write(f"{_forked(line, *request)}\n".encode())


def _request(line: BinaryIO) -> tuple[list[str], str, bytes] | None:
    try:
        found: tuple[list[str], str, bytes] = pickle.load(line)  # noqa: S301 - from our own parent
    except EOFError:
        return None
    return found


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
