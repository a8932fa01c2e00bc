# file: core/validation/lookahead/snapshot.py
"""Snapshot of a strategy state: its numbers, by the path one would write to reach them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Set
from decimal import Decimal
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

_DEPTH = 4
_MOST = 400
_ROWS = 2**17
# Below this a mapping is a bag of named numbers, above it a column by time.
_NAMED = 50


type Numbers = dict[str, float | npt.NDArray[np.float64]]


def snapshot(strategy: Any, ours: Set[str] = frozenset()) -> Numbers:
    """Return every number, and every row of numbers, within four steps of the strategy's attributes but `ours`.

    Of numbers and rows it takes at most 400, of each row the first 131,072 values.
    """
    numbers: Numbers = {}
    for name, value in sorted(_parts(strategy), key=itemgetter(0)):
        if name not in ours:
            _collect(numbers, name, value, _DEPTH)
    return numbers


def changed(was: Numbers, now: Numbers) -> list[str]:
    """Return the paths whose numbers differ, in the order of `was`.

    Two rows of unequal length are compared as far as the shorter goes: that a table ends with the data is no news. Only
    where nothing else differs are those returned that are longer, or that one of the two does not have.
    """
    both = [path for path in was if path in now]
    if found := [path for path in both if _differ(was[path], now[path])]:
        return found
    longer = [path for path in both if np.shape(was[path]) != np.shape(now[path])]
    return longer + sorted(was.keys() ^ now.keys())


def _differ(one: Any, other: Any) -> bool:
    first, second = np.atleast_1d(one), np.atleast_1d(other)
    size = min(len(first), len(second))
    return not np.allclose(first[:size], second[:size], rtol=1e-9, atol=0, equal_nan=True)


def _collect(numbers: Numbers, path: str, value: Any, depth: int) -> None:
    if len(numbers) >= _MOST or depth == 0:
        return
    if _is_number(value):
        numbers[path] = float(value)
    elif (row := _row(value)) is not None:
        numbers[path] = row
    else:
        for name, part in _children(path, value):
            _collect(numbers, name, part, depth - 1)


def _children(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from ((f"{path}[{key!r}]", value[key]) for key in list(value)[:_NAMED])
    elif isinstance(value, list | tuple | deque):
        yield from ((f"{path}[{index}]", value[index]) for index in sorted({0, len(value) - 1} & {*range(len(value))}))
    elif hasattr(value, "columns") and hasattr(value, "to_numpy"):
        yield from ((f"{path}[{str(name)!r}]", value[name]) for name in value.columns)
    elif not _foreign(value):
        yield from ((f"{path}.{name.lstrip('_')}", part) for name, part in sorted(_parts(value), key=itemgetter(0)))
    elif "indicators" in type(value).__module__:
        public = ((name, getattr(value, name, None)) for name in dir(value) if not name.startswith("_"))
        yield from ((f"{path}.{name}", part) for name, part in public if _is_number(part))


def _row(value: Any) -> npt.NDArray[np.float64] | None:
    """Return what is a row of numbers by time, whatever holds it."""
    if isinstance(value, Mapping) and len(value) > _NAMED:
        value = list(value.values())
    if isinstance(value, list | tuple | deque):
        value = list(value) if len(value) and all(_is_number(item) for item in value) else None
    elif not isinstance(value, np.ndarray):
        value = value.to_numpy() if hasattr(value, "to_numpy") and not hasattr(value, "columns") else None
    if value is None:
        return None
    array = np.asarray(value).ravel()[:_ROWS]
    return array.astype(np.float64) if array.dtype.kind in "biufO" and all(map(_is_number, array[:1])) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, bool | int | float | Decimal | np.number | np.bool_)


def _foreign(value: Any) -> bool:
    return isinstance(value, str | bytes) or type(value).__module__.partition(".")[0] in {"builtins", "nautilus_trader"}


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    yield from getattr(value, "__dict__", {}).items()
    for cls in type(value).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(value, name):
                yield name, getattr(value, name)
