# file: learning/models/onethread.py
"""Keep linear algebra on one thread, so that a sum is the same in a worker, in a session and on a larger machine."""

from __future__ import annotations

import functools
from contextlib import AbstractContextManager
from typing import Any

import scipy.linalg  # noqa: F401 - its library has to be there to be limited
import sklearn.linear_model  # noqa: F401 - likewise
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

__all__ = ["one_thread"]


def one_thread() -> AbstractContextManager[Any]:
    """Return a context in which BLAS and OpenMP use one thread.

    A second adds up in another order, and waits for the first longer than sums of this size take.
    """
    limits: AbstractContextManager[Any] = _libraries().limit(limits=1)
    return limits


@functools.cache
def _libraries() -> Any:
    # Looking for the libraries takes milliseconds.
    return ThreadpoolController()
