# file: core/runtime/nodelock.py
"""One process per node: a second one would trade the same book twice."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tradingbot.core.errors import PolicyRefused

__all__ = ["lives", "only_one"]


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock file at `path` while the block lasts; the system lets go of it however the process ends.

    Raises
    ------
    PolicyRefused
        When another process holds it, naming which.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise PolicyRefused(f"{path.stem} already runs as process {holder}, allowed is one") from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def lives(pid: int) -> bool:
    """Return whether there is a process of that number, whoever's it is."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
