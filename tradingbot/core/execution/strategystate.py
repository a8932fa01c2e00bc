# file: core/execution/strategystate.py
"""State of a strategy: its own attributes, put back into one that has just begun."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tradingbot.core.stateful import Stateful, put_back


def put_attributes_back(strategy: Any, own: Mapping[str, Any], was: Mapping[str, Any]) -> None:
    """Make the attributes that are a strategy's `own` now what they were when the checkpoint was taken.

    Objects that both have are changed in place, so that an indicator stays registered with the engine.
    """
    known: dict[int, Any] = {}
    for name in own.keys() - was.keys():
        delattr(strategy, name)
    for name, value in was.items():
        setattr(strategy, name, _merged(own.get(name), value, known))


def _merged(now: Any, was: Any, known: dict[int, Any]) -> Any:
    # What was one object in two places is one again.
    if id(was) not in known:
        known[id(was)] = _put(now, was, known)
    return known[id(was)]


def _put(now: Any, was: Any, known: dict[int, Any]) -> Any:
    if type(now) is not type(was) or now is was:
        return was
    if isinstance(now, Stateful):
        now.load_state_dict(was.state_dict())
        return now
    if isinstance(now, dict):
        kept = {key: _merged(now.get(key), item, known) for key, item in was.items()}
        now.clear()
        now.update(kept)
        return now
    attributes = getattr(was, "__dict__", None)
    if attributes is None or isinstance(now, type) or callable(now):
        return put_back(now, was)
    for name, value in attributes.items():
        # Past the locks of frozen classes: the object is being made.
        object.__setattr__(now, name, _merged(vars(now).get(name), value, known))
    for name in vars(now).keys() - attributes.keys():
        object.__delattr__(now, name)
    return now
