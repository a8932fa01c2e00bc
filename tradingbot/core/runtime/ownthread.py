# file: core/runtime/ownthread.py
"""Let Python look for cyclic garbage in one thread alone: what the engine made may be dropped nowhere else."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["collecting_here"]

_EVERY = 2_000


@contextmanager
def collecting_here() -> Iterator[Callable[[], None]]:
    """Keep the collector from running by itself while the block lasts.

    Left alone it runs in whichever thread allocates next, and the process aborts when that is the venue's and the
    garbage the node's. The callable given is called by this thread again and again, and collects now and then.
    """
    was = gc.isenabled()
    gc.collect()
    gc.disable()
    calls = 0

    def collect() -> None:
        nonlocal calls
        calls += 1
        if not calls % _EVERY:
            gc.collect()

    try:
        yield collect
    finally:
        if was:
            gc.enable()
