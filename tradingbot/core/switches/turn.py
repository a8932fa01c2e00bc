# file: core/switches/turn.py
"""Change a switch one after the other, without ever waiting long for a process that hangs."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["turn"]

_PAUSE_S = 0.002


@contextmanager
def turn(path: Path, patience: float) -> Iterator[str]:
    """Hold the lock at `path`, waiting at most `patience` seconds; give why it is not held, nothing when it is.

    The caller decides whether to go on without it. A process that dies lets go of it.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        yield f"the lock {path} could not be opened: {error.strerror}"
        return
    try:
        yield _why_not(handle, path, patience)
    finally:
        os.close(handle)


def _why_not(handle: int, path: Path, patience: float) -> str:
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return f"another process has held the lock {path} for over {patience:g} s"
            time.sleep(_PAUSE_S)
        except OSError as error:
            return f"the lock {path} could not be taken: {error.strerror}"
        else:
            return ""
