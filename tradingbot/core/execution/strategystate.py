# file: core/execution/strategystate.py
"""State of a strategy: its own attributes, put back into one that has just begun."""

from __future__ import annotations

import enum
import functools
import random
import types
from collections import deque
from collections.abc import Mapping
from typing import Any

import numpy as np

from tradingbot.core.stateful import Stateful, put_back, taken

_NATIVE = (Stateful, list, deque, dict, set, np.ndarray, random.Random)
_WHOLE = (
    type, enum.Enum, int, float, complex, str, bytes, frozenset, functools.partial,
    types.FunctionType, types.MethodType, types.BuiltinFunctionType,
)  # fmt: skip


def put_attributes_back(strategy: Any, own: Mapping[str, Any], was: Mapping[str, Any]) -> None:
    """Make the attributes that are a strategy's `own` now what they were when the checkpoint was taken.

    Objects that both have are changed in place, so that an indicator stays registered with the engine; what was one
    object in two places is one again, what were two are two. What cannot change (enumerations, frozen classes) takes
    the place of what is there.
    """
    merge = _Merge()
    for name in own.keys() - was.keys():
        delattr(strategy, name)
    for name, value in was.items():
        setattr(strategy, name, merge.of(own.get(name), value))


class _Merge:
    def __init__(self) -> None:
        # The objects themselves are kept as well: the id of one that is gone may be another's.
        self._known: dict[int, tuple[Any, Any]] = {}
        self._used: dict[int, Any] = {}

    def of(self, now: Any, was: Any) -> Any:
        if id(was) not in self._known:
            changed = now if self._changes(now, was) else was
            self._known[id(was)] = changed, was
            if changed is not was:
                self._used[id(now)] = now
            # A tuple is made anew where something in it is.
            self._known[id(was)] = self._put(now, changed, was), was
        return self._known[id(was)][0]

    def _changes(self, now: Any, was: Any) -> bool:
        if type(now) is not type(was) or id(now) in self._used or isinstance(now, (*_WHOLE, tuple)) or _frozen(now):
            return False
        if isinstance(now, deque):
            return bool(now.maxlen == was.maxlen)
        return isinstance(now, _NATIVE) or (_plain(type(now)) and bool(_fields(now) or _fields(was)))

    def _put(self, now: Any, changed: Any, was: Any) -> Any:
        if now is was or isinstance(was, _WHOLE):
            return was
        if isinstance(changed, Stateful):
            if changed is not was:
                changed.load_state_dict(was.state_dict())
            return changed
        if isinstance(was, tuple):
            return self._tuple(now, was)
        if isinstance(was, list | deque):
            before = list(now) if type(now) is type(was) else []
            items = [self.of(before[at] if at < len(before) else None, item) for at, item in enumerate(was)]
            changed.clear()
            changed.extend(items)
        elif isinstance(was, dict):
            known = dict(now) if type(now) is type(was) else {}
            kept = {key: self.of(known.get(key), item) for key, item in was.items()}
            changed.clear()
            changed.update(kept)
        elif not _plain(type(was)):
            return put_back(changed, taken(was))
        self._attributes(now, changed, was)
        return changed

    def _attributes(self, now: Any, changed: Any, was: Any) -> None:
        before, after = _fields(now) if type(now) is type(was) else {}, _fields(was)
        for name, value in after.items():
            # Past the locks of frozen classes: the object is being made.
            object.__setattr__(changed, name, self.of(before.get(name), value))
        if changed is not was:
            for name in before.keys() - after.keys():
                object.__delattr__(changed, name)

    def _tuple(self, now: Any, was: Any) -> Any:
        before = now if type(now) is type(was) and len(now) == len(was) else (None,) * len(was)
        items = [self.of(one, item) for one, item in zip(before, was, strict=True)]
        if all(one is item for one, item in zip(items, was, strict=True)):
            return was
        return type(was)(*items) if hasattr(was, "_fields") else type(was)(items)


def _plain(kind: type) -> bool:
    """Whether its attributes are all that objects of a class hold: others say themselves how they are written down."""
    own = any(
        getattr(kind, name, None) is not getattr(object, name, None)
        for name in ("__reduce__", "__reduce_ex__", "__getstate__", "__setstate__")
    )
    return not own or hasattr(kind, "__dataclass_fields__")


def _fields(value: Any) -> dict[str, Any]:
    """Return an object's attributes, also those in slots."""
    names = [name for part in type(value).__mro__ for name in _slots(part)]
    return {name: getattr(value, name) for name in names if hasattr(value, name)} | getattr(value, "__dict__", {})


def _slots(part: type) -> list[str]:
    slots = part.__dict__.get("__slots__", ())
    names = [slots] if isinstance(slots, str) else list(slots)
    private = f"_{part.__name__.lstrip('_')}"
    return [
        f"{private}{name}" if name.startswith("__") and not name.endswith("__") else name
        for name in names
        if name not in ("__dict__", "__weakref__")
    ]


def _frozen(value: Any) -> bool:
    params, config = getattr(value, "__dataclass_params__", None), getattr(value, "model_config", None)
    return bool(params is not None and params.frozen) or (isinstance(config, dict) and bool(config.get("frozen")))
