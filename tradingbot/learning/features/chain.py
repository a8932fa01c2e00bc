# file: learning/features/chain.py
"""Compile every feature into one function: take a bar in, work out the features of a plan.

The plan is data, so one compiled function serves every choice of features and its compiled form can be kept on disk.
What is kept is keyed by the code of all features, because numba itself would look at this file only.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numba import float64, int64, njit, void

from tradingbot.core.statistics.arrays import Floats, Ints
from tradingbot.learning.features.catalogue import ALL
from tradingbot.learning.features.code import code_hash
from tradingbot.learning.features.feature import Feature, Kernel
from tradingbot.learning.features.rows import COUNT
from tradingbot.learning.features.tape import write_bar, write_others, write_time

__all__ = ["compiled_fold", "compiled_step", "hash_of", "plan_of", "state_of"]

_STAMP, _SIZE, _AT, _FEATURES, _BOUNDS = 0, 1, 2, 3, 4
_PRICE, _VOLUME, _LEADER, _OUT = 0, 1, 2, 3
_STEP = void(int64, *[float64] * 8, float64[::1], int64[::1])
_FOLD = void(int64[::1], float64[:, ::1], float64[::1], int64[::1], float64[:, ::1])


def plan_of(features: Sequence[Feature]) -> Ints:
    """Return which features to work out, one kernel after the other, and how many bars to keep."""
    words = list(ALL)
    order = sorted(range(len(features)), key=lambda place: words.index(features[place].word))
    counts = [sum(feature.word == word for feature in features) for word in words]
    start = _BOUNDS + len(words) + 1
    bounds = start + 3 * np.concatenate([[0], np.cumsum(counts)])
    entries = [(place, *(*features[place].windows, 0, 0)[:2]) for place in order]
    size = max(2, *(feature.memory for feature in features))
    return np.array([0, size, 0, len(features), *bounds, *np.ravel(entries)], dtype=np.int64)


def state_of(plan: Ints, price_digits: int, size_digits: int, leader_digits: int) -> tuple[Floats, Floats]:
    """Return an empty state for `plan`, and the view of it where the values appear."""
    count = int(plan[_FEATURES])
    state = np.full(_OUT + count + COUNT * 2 * int(plan[_SIZE]), np.nan)
    state[[_PRICE, _VOLUME, _LEADER]] = 10.0**price_digits, 10.0**size_digits, 10.0**leader_digits
    return state, state[_OUT : _OUT + count]


def _joined(kernels: Sequence[Kernel], first: int = 0) -> Kernel:
    # Kernels in a tree, since a compiler calling itself 34 deep would run out of stack.
    if len(kernels) == 1:
        kernel = kernels[0]

        @njit(error_model="numpy")
        def each(tape: Floats, end: int, plan: Ints, out: Floats) -> None:
            for entry in range(plan[_BOUNDS + first], plan[_BOUNDS + first + 1], 3):
                value = kernel(tape, end, plan[entry + 1], plan[entry + 2])
                out[plan[entry]] = value if math.isfinite(value) else math.nan

        return each
    half = len(kernels) // 2
    left, right = _joined(kernels[:half], first), _joined(kernels[half:], first + half)

    @njit(error_model="numpy")
    def both(tape: Floats, end: int, plan: Ints, out: Floats) -> None:
        left(tape, end, plan, out)
        right(tape, end, plan, out)

    return both


_every = _joined([kind.kernel for kind in ALL.values()])


@njit(error_model="numpy")
def _take(
    ts: int,
    opened: float,
    high: float,
    low: float,
    close: float,
    volume: float,
    spread: float,
    funding: float,
    leader: float,
    state: Floats,
    plan: Ints,
) -> None:
    size, at, rest = plan[_SIZE], plan[_AT], _OUT + plan[_FEATURES]
    tape = state[rest:].reshape((COUNT, 2 * size))
    write_bar(tape, at, opened, high, low, close, volume, state[_PRICE], state[_VOLUME])
    write_others(tape, at, spread, funding, leader, state[_PRICE], state[_LEADER])
    write_time(tape, at, ts)
    _every(tape, at + size + 1, plan, state[_OUT:rest])
    plan[_AT] = at + 1 if at + 1 < size else 0


@functools.cache
def compiled_step() -> Callable[..., None]:
    """Return the function that takes one bar: (ts, open ... leader, state, plan)."""
    stamp = _stamp()

    @njit(_STEP, cache=True, error_model="numpy")
    def step(
        ts: int,
        opened: float,
        high: float,
        low: float,
        close: float,
        volume: float,
        spread: float,
        funding: float,
        leader: float,
        state: Floats,
        plan: Ints,
    ) -> None:
        # Naming the stamp makes it part of the key under which this is kept on disk.
        plan[_STAMP] = stamp
        _take(ts, opened, high, low, close, volume, spread, funding, leader, state, plan)

    return _typed(step)


@functools.cache
def compiled_fold() -> Callable[..., None]:
    """Return the function that takes many bars: (ts, open ... leader [n, 8], state, plan, out [n, k])."""
    stamp = _stamp()

    @njit(_FOLD, cache=True, error_model="numpy")
    def fold(ts: Ints, table: Floats, state: Floats, plan: Ints, out: Floats) -> None:
        plan[_STAMP] = stamp
        last = _OUT + plan[_FEATURES]
        for i in range(len(ts)):
            x = table[i]
            _take(ts[i], x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], state, plan)
            out[i] = state[_OUT:last]

    return _typed(fold)


def hash_of(features: Sequence[Feature], *words: str) -> str:
    """Return the sha256 of the code that `features` run through, of their names and of `words`."""
    kernels = [type(feature).kernel for feature in features]
    return code_hash([*kernels, _joined, _take], [*words, *(feature.name for feature in features)])


def _stamp() -> int:
    return int(code_hash([*(kind.kernel for kind in ALL.values()), _joined, _take], ALL)[:15], 16)


def _typed(function: Any) -> Callable[..., None]:
    return function  # type: ignore[no-any-return]
