# file: learning/features/compiledfeatures.py
"""Compiled features: all kernels in one numba function, cached under the hash of their code.

The plan is data, so one compiled function serves every choice of features and its compiled form can be kept on disk.
What is kept is keyed by the code of all features, because numba itself would look at this file only.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import math
from collections.abc import Callable, Iterable, Sequence
from types import CodeType
from typing import Any

import numpy as np
from numba import float64, int64, njit, types, void

from tradingbot.core.arrays import Floats, Ints
from tradingbot.learning.features.catalogue import ALL
from tradingbot.learning.features.feature import Feature, Kernel, inlined
from tradingbot.learning.features.ringbuffer import COUNT, write_bar, write_others, write_time

OUT = 3
"""How many scales stand before the features."""

_Pick = Callable[[int, Floats, int, int, int], float]
_CONSTANTS = (bool, int, float, str)
_STAMP, _SIZE, _AT, _FEATURES, _ENTRIES = 0, 1, 2, 3, 4
_PRICE, _VOLUME, _LEADER = 0, 1, 2
_ARITY = 8
_STEP = void(int64, *[float64] * 8, float64[:, ::1], int64[::1], float64[::1])
_FOLD = void(
    types.FunctionType(_STEP), int64[::1], float64[:, ::1], float64[:, ::1], int64[::1], float64[::1], float64[:, ::1]
)


def code_hash(functions: Iterable[Callable[..., Any]], words: Iterable[str] = ()) -> str:
    """Return the sha256 of the source of `functions`, of the compiled functions they call, and of `words`.

    Constants of a module count by their value, so that moving one does not change the hash and changing it does.
    """
    sources: dict[str, str] = {}
    for function in functions:
        _gather(function, sources)
    parts = [*words, *(sources[name] for name in sorted(sources))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _gather(function: Callable[..., Any], sources: dict[str, str]) -> None:
    plain = getattr(function, "py_func", function)
    name = f"{plain.__module__}.{plain.__qualname__}"
    if name in sources:
        return
    options = sorted(getattr(function, "targetoptions", {}).items())
    sources[name] = f"{options} {inspect.getsource(plain)}"
    for word in _words(plain.__code__):
        used = plain.__globals__.get(word)
        if isinstance(used, _CONSTANTS):
            sources[f"{name}.{word}"] = f"{word} = {used!r}"
        elif callable(used) and hasattr(used, "py_func"):
            _gather(used, sources)


def _words(code: CodeType) -> set[str]:
    # A function written inside another is a constant of it.
    inner = [_words(constant) for constant in code.co_consts if isinstance(constant, CodeType)]
    return set(code.co_names).union(*inner)


def plan_of(features: Sequence[Feature]) -> Ints:
    """Return which kernels to run over which windows, and how many bars to keep."""
    words = list(ALL)
    entries = [(words.index(feature.word), *(*feature.windows, 0, 0)[:2]) for feature in features]
    size = max(2, *(feature.memory for feature in features))
    return np.array([0, size, 0, len(features), *np.ravel(entries)], dtype=np.int64)


def state_of(plan: Ints, price_digits: int, size_digits: int, leader_digits: int) -> tuple[Floats, Floats]:
    """Return an empty ring buffer for `plan`, and where the features appear: after the three scales."""
    ring = np.full((COUNT, 2 * int(plan[_SIZE])), np.nan)
    out = np.full(OUT + int(plan[_FEATURES]), np.nan)
    out[[_PRICE, _VOLUME, _LEADER]] = 10.0**price_digits, 10.0**size_digits, 10.0**leader_digits
    return ring, out


@inlined
def _none(_ring: Floats, _end: int, _short: int, _long: int) -> float:
    return math.nan


@inlined
def _nothing(_which: int, _ring: Floats, _end: int, _short: int, _long: int) -> float:
    return math.nan


def _one_of(kernels: Sequence[Kernel]) -> _Pick:
    eight = [*kernels, *[_none] * (_ARITY - len(kernels))]
    a, b, c, d, e, f, g, h = eight

    @inlined
    def pick(which: int, ring: Floats, end: int, short: int, long: int) -> float:
        if which == 0:
            return a(ring, end, short, long)
        if which == 1:
            return b(ring, end, short, long)
        if which == 2:
            return c(ring, end, short, long)
        if which == 3:
            return d(ring, end, short, long)
        if which == 4:
            return e(ring, end, short, long)
        if which == 5:
            return f(ring, end, short, long)
        if which == 6:
            return g(ring, end, short, long)
        return h(ring, end, short, long)

    return pick


def _any_of(picks: Sequence[_Pick]) -> _Pick:
    eight = [*picks, *[_nothing] * (_ARITY - len(picks))]
    a, b, c, d, e, f, g, h = eight

    @inlined
    def pick(which: int, ring: Floats, end: int, short: int, long: int) -> float:
        group, within = which // _ARITY, which % _ARITY
        if group == 0:
            return a(within, ring, end, short, long)
        if group == 1:
            return b(within, ring, end, short, long)
        if group == 2:
            return c(within, ring, end, short, long)
        if group == 3:
            return d(within, ring, end, short, long)
        if group == 4:
            return e(within, ring, end, short, long)
        if group == 5:
            return f(within, ring, end, short, long)
        if group == 6:
            return g(within, ring, end, short, long)
        return h(within, ring, end, short, long)

    return pick


_kernels = [kind.kernel for kind in ALL.values()]
_value = _any_of([_one_of(_kernels[first : first + _ARITY]) for first in range(0, len(_kernels), _ARITY)])


@functools.cache
def compiled_step() -> Callable[..., None]:
    """Return the function that takes one bar: (ts, open ... leader, ring, plan, out)."""
    stamp = int(code_hash([*_kernels, *_shared()], ALL)[:15], 16)
    return _one_bar(stamp)


def _one_bar(stamp: int) -> Callable[..., None]:
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
        ring: Floats,
        plan: Ints,
        out: Floats,
    ) -> None:
        # Naming the stamp makes it part of the key under which this is kept on disk.
        plan[_STAMP] = stamp
        size, at = plan[_SIZE], plan[_AT]
        write_bar(ring, at, opened, high, low, close, volume, out[_PRICE], out[_VOLUME])
        write_others(ring, at, spread, funding, leader, out[_PRICE], out[_LEADER])
        write_time(ring, at, ts)
        for place in range(plan[_FEATURES]):
            entry = _ENTRIES + 3 * place
            value = _value(plan[entry], ring, at + size + 1, plan[entry + 1], plan[entry + 2])
            out[OUT + place] = value if math.isfinite(value) else math.nan
        plan[_AT] = at + 1 if at + 1 < size else 0

    return step


@functools.cache
def compiled_fold() -> Callable[..., None]:
    """Return the function that takes many bars.

    (a compiled step, ts, open ... leader [n, 8], ring, plan, scales and features, out [n, k])

    It is handed the step rather than compiled with it, so that training runs the machine code that live runs.
    """

    @njit(_FOLD, cache=True, error_model="numpy")
    def fold(
        step: Callable[..., None], ts: Ints, table: Floats, ring: Floats, plan: Ints, row: Floats, out: Floats
    ) -> None:
        for i in range(len(ts)):
            x = table[i]
            step(ts[i], x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], ring, plan, row)
            for place in range(plan[_FEATURES]):
                out[i, place] = row[OUT + place]

    return fold


def hash_of(features: Sequence[Feature], *words: str) -> str:
    """Return the sha256 of the code that `features` run through, of their names and of `words`."""
    kernels = [type(feature).kernel for feature in features]
    return code_hash([*kernels, *_shared()], [*words, *(feature.name for feature in features)])


def _shared() -> list[Callable[..., Any]]:
    return [_one_bar, _any_of, _one_of, _none, write_bar, write_others, write_time]
