# file: core/validation/lookahead/apart.py
"""Run each look in a process in which nothing has happened yet, so that no run remembers another."""

from __future__ import annotations

import atexit
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import cast

from tradingbot.core.errors import WorkerDied
from tradingbot.core.parallel.outcome import Done, Failed

__all__ = ["apart"]

_SERVE = "import sys; sys.path[:] = {path!r}\nfrom {module} import serve\nserve({asked}, {told})"
_SERVERS: dict[int, _Server] = {}


def apart[J, R](fn: Callable[[J], R], job: J) -> R:
    """Return `fn(job)`, done by a fork of a process that has imported the engine and never run it.

    Module globals, attributes of anybody's classes, the environment and the engine's own state are as at the start of
    the program, whatever ran before. `fn`, `job` and the result are picklable.

    Raises
    ------
    WorkerDied
        When the process ended without an answer.
    TradingbotError
        What `fn` raised; `RunFailed` for foreign errors.
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
    end = cast("Done[R] | Failed", pickle.loads(answer))  # noqa: S301 - from our own child
    if isinstance(end, Failed):
        raise end.kind(end.text)
    return end.value


class _Server:
    """The forker of this process. It goes when the pipe to it breaks, so with this process at the latest."""

    def __init__(self) -> None:
        asked, ask = os.pipe()
        tell, told = os.pipe()
        module = f"{__package__}.forker"
        code = _SERVE.format(path=sys.path, module=module, asked=asked, told=told)
        # In a session of its own: Ctrl-C is answered by whoever reads the results.
        self._process = subprocess.Popen(  # noqa: S603 - our own code
            [sys.executable, "-c", code], pass_fds=(asked, told), stdin=subprocess.DEVNULL, start_new_session=True
        )
        os.close(asked)
        os.close(told)
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
