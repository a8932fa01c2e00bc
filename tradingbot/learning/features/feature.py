# file: learning/features/feature.py
"""Feature: what each one declares (word, windows, kernel), and how its kernel is compiled.

They cannot be called from Python, which halves the time to compile them. numba would keep each under its own file's
date and so miss that a function it calls has changed; the whole is kept under the hash of all its code instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from numba import njit

from tradingbot.core.arrays import Floats
from tradingbot.core.errors import ConfigError

LONGEST = 4096
"""The longest window, in bars."""

Kernel = Callable[[Floats, int, int, int], float]


@dataclass(frozen=True)
class Feature:
    """One number a bar, from the last `memory` bars alone and free of the price's and the volume's scale.

    A class states what each window is (`takes`), the shortest window, how many bars it needs `before` its longest
    window, and its compiled `kernel`; its `word` is its name in lower case.

    Raises ConfigError when the number of windows or a window is not allowed.
    """

    windows: tuple[int, ...] = ()

    word: ClassVar[str]
    takes: ClassVar[tuple[str, ...]] = ("bars",)
    shortest: ClassVar[int] = 1
    before: ClassVar[int] = 0

    def __init_subclass__(cls) -> None:
        cls.word = cls.__name__.lower()

    def __post_init__(self) -> None:
        if len(self.windows) != len(self.takes):
            raise ConfigError(f"feature {self.name!r} had {len(self.windows)} windows, allowed is {self.form()!r}")
        for window in self.windows:
            if not self.shortest <= window <= LONGEST:
                raise ConfigError(
                    f"a window of feature {self.name!r} was {window}, allowed is {self.shortest} to {LONGEST} bars"
                )
        if len(self.windows) == 2 and self.windows[0] >= self.windows[1]:
            raise ConfigError(f"the windows of feature {self.name!r} were {self.windows}, allowed is short below long")

    @staticmethod
    def kernel(ring: Floats, end: int, short: int, long: int, /) -> float:
        """Return the value at the bar before position `end` of the ring buffer [rows, 2 x size]; unused windows are 0.

        Every feature brings its own, compiled.
        """
        return math.nan

    @property
    def name(self) -> str:
        """The word and its windows: "momentum 24"."""
        return " ".join([self.word, *map(str, self.windows)])

    @property
    def memory(self) -> int:
        """How many bars, the newest included, the value depends on."""
        return max(self.windows, default=1) + self.before

    @classmethod
    def form(cls) -> str:
        """Return what a name of this feature looks like: "momentum BARS"."""
        return " ".join([cls.word, *(window.upper() for window in cls.takes)])


_OPTIONS: dict[str, Any] = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def part[F: Callable[..., object]](function: F) -> F:
    """Return `function` compiled as a part of another: for what many call."""
    compiled: F = njit(**_OPTIONS)(function)
    return compiled


def inlined[F: Callable[..., object]](function: F) -> F:
    """Return `function` compiled into its one caller: for what would take longer to call than to run."""
    compiled: F = njit(**_OPTIONS, forceinline=True)(function)
    return compiled
