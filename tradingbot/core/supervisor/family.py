# file: core/supervisor/family.py
"""One supervisor's processes at a time: those of one that was killed must be gone before the next begins."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tradingbot.core.errors import PolicyRefused

__all__ = ["only_family"]

_LOOK_S = 0.05


@contextmanager
def only_family(path: Path, patience_s: float, waiting: Callable[[], None]) -> Iterator[int]:
    """Hold the lock file at `path` and give its descriptor, which every process started from here is to inherit.

    The lock belongs to all who have the descriptor: the system lets go of it when the last of them is gone. `waiting`
    is called once when there is somebody to wait for.

    Raises
    ------
    PolicyRefused
        When processes of an earlier supervisor are still there after `patience_s` seconds.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        if not _locked(handle):
            waiting()
            _wait(handle, path, patience_s)
        yield handle
    finally:
        os.close(handle)


def _wait(handle: int, path: Path, patience_s: float) -> None:
    until = time.monotonic() + patience_s
    while not _locked(handle):
        if time.monotonic() >= until:
            raise PolicyRefused(
                f"processes of an earlier supervisor still run after {patience_s:g} s and hold {path},"
                " allowed are those of one; end them first"
            )
        time.sleep(_LOOK_S)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
