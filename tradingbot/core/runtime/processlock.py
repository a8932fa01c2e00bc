# file: core/runtime/processlock.py
"""Process locks: one process per node, and one supervisor's group of processes at a time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tradingbot.core.errors import PolicyRefused
from tradingbot.core.storage.filelock import take


@contextmanager
def single_instance(path: Path) -> Iterator[None]:
    """Hold the lock file at `path` while the block lasts; the system lets go of it however the process ends.

    Raises PolicyRefused when another process holds it, naming which.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        if not take(file.fileno()):
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise PolicyRefused(f"{path.stem} already runs as process {holder}, allowed is one")
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def process_alive(pid: int) -> bool:
    """Return whether there is a process of that number, whoever's it is."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


_LOOK_S = 0.05


@contextmanager
def process_group_lock(path: Path, patience_s: float, waiting: Callable[[], None]) -> Iterator[int]:
    """Hold the lock file at `path` and give its descriptor, which every process started from here is to inherit.

    The lock belongs to all who have the descriptor: the system lets go of it when the last of them is gone. `waiting`
    is called once when there is somebody to wait for.

    Raises PolicyRefused when processes of an earlier supervisor are still there after `patience_s` seconds.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        until = time.monotonic() + patience_s
        if not take(handle):
            waiting()
        while not take(handle):
            if time.monotonic() >= until:
                raise PolicyRefused(
                    f"processes of an earlier supervisor still run after {patience_s:g} s and hold {path},"
                    " allowed are those of one; end them first"
                )
            time.sleep(_LOOK_S)
        yield handle
    finally:
        os.close(handle)
