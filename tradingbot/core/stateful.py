# file: core/stateful.py
"""Stateful components: what of a component changes in a run, taken out for a checkpoint and put back in place."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Mapping
from typing import Any, ClassVar


class Stateful:
    """A component that says in `state_names` which of its attributes change as a run goes on.

    All else is what its constructor makes of the settings. Attributes may be plain values, containers of them, other
    Stateful components, or dicts, lists and tuples of those.
    """

    # Without it a subclass with slots of its own would have a dict after all.
    __slots__ = ()

    state_names: ClassVar[tuple[str, ...]] = ()

    def state_dict(self) -> dict[str, Any]:
        """Return the state: the component's own objects, to be pickled at once."""
        return {name: taken(getattr(self, name)) for name in self.state_names}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Put back what `state_dict` returned, in place: whoever shares a container or an array sees it."""
        for name in self.state_names:
            setattr(self, name, put_back(getattr(self, name), state[name]))


def taken(value: Any) -> Any:
    """Return a value as a checkpoint holds it."""
    if isinstance(value, Stateful):
        return value.state_dict()
    if isinstance(value, random.Random):
        return value.getstate()
    if isinstance(value, Mapping) and any(isinstance(item, Stateful) for item in value.values()):
        return {key: taken(item) for key, item in value.items()}
    if isinstance(value, list | tuple) and any(isinstance(item, Stateful) for item in value):
        return [taken(item) for item in value]
    return value


def put_back(now: Any, was: Any) -> Any:
    """Return what takes the place of `now` when it is to be as it `was`: `now` itself where it can be changed."""
    import numpy as np  # here, since command lines that must answer at once load this file

    if isinstance(now, Stateful):
        now.load_state_dict(was)
    elif isinstance(now, random.Random):
        now.setstate(was)
    elif (
        isinstance(now, np.ndarray) and isinstance(was, np.ndarray) and (now.shape, now.dtype) == (was.shape, was.dtype)
    ):
        np.copyto(now, was)
    elif isinstance(now, list | tuple) and any(isinstance(item, Stateful) for item in now):
        for item, before in zip(now, was, strict=True):
            put_back(item, before)
    elif not isinstance(was, type(now)):
        return was
    elif isinstance(now, dict):
        kept = {key: put_back(now.get(key), item) for key, item in was.items()}
        now.clear()
        now.update(kept)
    elif isinstance(now, list):
        now[:] = was
    elif isinstance(now, set | deque):
        now.clear()
        now.update(was) if isinstance(now, set) else now.extend(was)
    else:
        return was
    return now
