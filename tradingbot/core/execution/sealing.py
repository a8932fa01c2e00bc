# file: core/execution/sealing.py
"""Keep a strategy's hands off the order methods, and its exceptions out of the engine's ear."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

__all__ = ["reserved", "seal", "watch", "wrapped"]

_SET_BY_STRATEGIES = frozenset({"params_class", "follows_models"})
_HANDLERS_OF_THE_LANE = frozenset({"on_order_event", "on_position_event"})
_HOOKS_OF_THE_LANE = frozenset({"__init_subclass__", "__setattr__"})


@functools.cache
def reserved(lane: type) -> frozenset[str]:
    """Return the names no strategy may use for its own: all that `lane` has or declares, but for the `on_*` handlers.

    The engine's are among them: a strategy that keeps something under `cache` or `clock` hides those from the lane.
    """
    declared = {name for part in lane.__mro__ for name in inspect.get_annotations(part)}
    taken = frozenset(name for name in {*dir(lane), *declared} if not name.startswith(("__", "on_")))
    return (taken | _HANDLERS_OF_THE_LANE | _HOOKS_OF_THE_LANE) - _SET_BY_STRATEGIES


def seal(cls: type, lane: type) -> None:
    """Raise TypeError when `cls`, or a class it inherits from before `lane`, defines what only the lane layer may."""
    if broken := sorted({name for part in _before(cls, lane) for name in part.__dict__} & reserved(lane)):
        raise TypeError(
            f"{cls.__name__} may not override {', '.join(broken)}; it uses propose(), close() and tighten()"
            " and keeps its own under other names"
        )


def watch(cls: type, lane: type) -> None:
    """Wrap the handlers of `cls`, among them those it inherits from classes that are no strategies."""
    for name in {name for part in _before(cls, lane) for name in part.__dict__ if name.startswith("on_")}:
        owner = next(part for part in cls.__mro__ if name in part.__dict__)
        method = owner.__dict__[name]
        if callable(method) and not hasattr(method, "watched") and (owner is cls or not issubclass(owner, lane)):
            setattr(cls, name, wrapped(name, method))


def wrapped(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    """Return `method` so that what it raises goes to the run's faults.

    The lane layer's own step comes first: subscribing before `on_start`, sending again what is waiting before `on_bar`.
    """
    handler = _bar_handler(method) if name == "on_bar" else _handler(name, method)
    handler.watched = True  # type: ignore[attr-defined]
    return handler


def _handler(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def handler(self: Any, *args: Any) -> Any:
        try:
            if name == "on_start":
                self._begin()
            return method(self, *args)
        except BaseException as error:  # noqa: BLE001 - the engine would swallow it, the run's faults do not
            self.faults.add(self.seat.name, name, error, self._at(args[0] if args else None))
            return None

    return handler


def _bar_handler(method: Callable[..., Any]) -> Callable[..., Any]:
    def act(self: Any, bar: Any) -> None:
        try:
            if self.seat.mark is not None:
                self.seat.mark()
            if self.second_opinion is not None:
                self.second_opinion.hear(bar)
            if self.book.waiting:
                self._before_bar(bar)
            method(self, bar)
        except BaseException as error:  # noqa: BLE001 - as above
            self.faults.add(self.seat.name, "on_bar", error, self._at(bar))

    @functools.wraps(method)
    def handler(self: Any, bar: Any) -> None:
        if self.hears_alone:
            act(self, bar)
            return
        seat = self.seat
        if seat.bar_types.get(str(bar.bar_type.instrument_id)) != bar.bar_type:
            act(self, bar)
        else:
            seat.lineup.hear(seat.name, functools.partial(act, self, bar))

    return handler


def _before(cls: type, lane: type) -> list[type]:
    """Return `cls` and what its attributes are looked up in before `lane`."""
    order = cls.__mro__
    return list(order[: order.index(lane)])
