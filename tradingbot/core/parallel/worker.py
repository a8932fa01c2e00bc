# file: core/parallel/worker.py
"""What a worker process is from its start: single-threaded in its maths, deaf to Ctrl-C, bound to its parent."""

from __future__ import annotations

import os
import signal
import threading

__all__ = ["SINGLE_THREADED", "settle"]

_WATCH_S = 0.5

# One thread per worker: threads of N workers would fight for the same cores, and sums would depend on their number.
SINGLE_THREADED = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
}


def settle(parent: int) -> None:
    """Ignore Ctrl-C, which the parent answers for all, and end when the process `parent` is gone, however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), name="parent watch", daemon=True).start()


def _end_with(parent: int) -> None:
    pause = threading.Event()
    while os.getppid() == parent:
        pause.wait(_WATCH_S)
    os._exit(1)
