# file: core/runtime/onecore.py
"""Processor affinity: keep the threads of a node on one core, since they take turns and never run at once."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def on_one_core() -> Iterator[None]:
    """Keep this thread, and those it starts meanwhile, on the core it is on; afterwards it may go where it could.

    To wake a thread on another core costs a multiple of what it then does. Does nothing where the system has no
    affinity or does not let it be set.
    """
    allowed = _pin()
    try:
        yield
    finally:
        if allowed and sys.platform == "linux":
            os.sched_setaffinity(0, allowed)


def _pin() -> set[int]:
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            allowed = os.sched_getaffinity(0)
            os.sched_setaffinity(0, {_core()})
            return allowed
    return set()


def _core() -> int:
    # The scheduler has put it where there was room: several nodes are on several cores.
    fields = Path("/proc/thread-self/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return int(fields[36])
