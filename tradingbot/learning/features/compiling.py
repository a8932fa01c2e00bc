# file: learning/features/compiling.py
"""How the parts of the one compiled function are compiled: for it alone, and not kept on disk by themselves.

They cannot be called from Python, which halves the time to compile them. numba would keep each under its own file's
date and so miss that a function it calls has changed; the whole is kept under the hash of all its code instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit

__all__ = ["inlined", "part"]

_OPTIONS: dict[str, Any] = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def part[F: Callable[..., object]](function: F) -> F:
    """Return `function` compiled as a part of another: for what many call."""
    compiled: F = njit(**_OPTIONS)(function)
    return compiled


def inlined[F: Callable[..., object]](function: F) -> F:
    """Return `function` compiled into its one caller: for what would take longer to call than to run."""
    compiled: F = njit(**_OPTIONS, forceinline=True)(function)
    return compiled
