# file: core/switches/holder.py
"""Tell which process holds the lock of a node, so that nobody hands something to a node that is not there."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Holder", "holder"]

_LONGEST = 32


@dataclass(frozen=True, slots=True)
class Holder:
    """A process and when it took the lock (UTC ns, by the file): a node that began again is another holder."""

    pid: int
    since: int


def holder(path: Path) -> Holder | None:
    """Return who holds the lock file at `path`, as `core/runtime/nodelock.py` keeps it; None when nobody does.

    A file that cannot be looked at is held by nobody. A free lock is shared for the microseconds of the look.
    """
    try:
        with path.open("rb") as file:
            if _free(file.fileno()):
                return None
            since = os.fstat(file.fileno()).st_mtime_ns
            return Holder(int(file.read(_LONGEST)), since)
    except (OSError, ValueError):
        return None


def _free(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
