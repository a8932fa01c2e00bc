# file: core/validation/lookahead/snapshot.py
"""What a strategy held in mind: its numbers, by the path one would write to reach them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import numpy as np

__all__ = ["changed", "snapshot"]

_DEPTH = 4
_MOST = 400
# What belongs to the house and not to the strategy's author.
_OURS = frozenset({"params", "seat", "book", "faults", "winding", "hears_alone"})

type Numbers = dict[str, float]


def snapshot(strategy: Any) -> Numbers:
    """Return every number within four steps of the strategy's own attributes, at most 400."""
    found: Numbers = {}
    for name, value in sorted(_parts(strategy)):
        if name not in _OURS and not name.startswith("_"):
            _collect(found, name, value, _DEPTH)
    return found


def changed(was: Mapping[str, float], now: Mapping[str, float]) -> list[str]:
    """Return the paths whose number differs, or that only one has, in the order of `was`."""
    return [
        path
        for path in [*was, *(path for path in now if path not in was)]
        if path not in was or path not in now or not np.isclose(was[path], now[path], rtol=1e-9, atol=0, equal_nan=True)
    ]


def _collect(found: Numbers, path: str, value: Any, depth: int) -> None:
    if len(found) >= _MOST or depth == 0:
        return
    number = _number(value)
    if number is not None:
        found[path] = number
    elif isinstance(value, np.ndarray):
        _collect_array(found, path, value)
    elif isinstance(value, Mapping):
        for key in list(value)[:50]:
            _collect(found, f"{path}[{key!r}]", value[key], depth - 1)
    elif isinstance(value, list | tuple):
        found[f"len({path})"] = float(len(value))
        for index in {0, len(value) - 1} & set(range(len(value))):
            _collect(found, f"{path}[{index}]", value[index], depth - 1)
    elif type(value).__module__.partition(".")[0] not in {"builtins", "nautilus_trader"}:
        for name, part in sorted(_parts(value)):
            _collect(found, f"{path}.{name.lstrip('_')}", part, depth - 1)


def _collect_array(found: Numbers, path: str, value: np.ndarray) -> None:
    found[f"len({path})"] = float(len(value)) if value.ndim else 1.0
    if value.size and np.issubdtype(value.dtype, np.number):
        found[f"{path}[-1]"] = float(value.ravel()[-1])
        found[f"sum({path})"] = float(value.sum())


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, bool | int | float | Decimal | np.number) else None


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    yield from getattr(value, "__dict__", {}).items()
    for cls in type(value).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(value, name):
                yield name, getattr(value, name)
