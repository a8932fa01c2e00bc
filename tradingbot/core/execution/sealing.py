# file: core/execution/sealing.py
"""Keep a strategy's hands off the order methods, and its exceptions out of the engine's ear."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

__all__ = ["SEALED", "seal", "wrapped"]

SEALED = frozenset({
    "__init_subclass__", "submit_order", "submit_order_list", "modify_order", "modify_orders", "cancel_order",
    "cancel_orders", "cancel_all_orders", "close_position", "close_all_positions", "market_exit",
    "on_order_event", "on_position_event", "propose", "close", "tighten", "faults", "wind_down",
})  # fmt: skip


def seal(cls: type) -> None:
    """Raise TypeError when `cls` overrides what only the lane layer may define."""
    if broken := sorted(SEALED & cls.__dict__.keys()):
        raise TypeError(
            f"{cls.__name__} may not override {', '.join(broken)}; it uses propose(), close() and tighten()"
        )


def wrapped(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    """Return `method` so that what it raises goes to the run's faults.

    The lane layer's own step comes first: subscribing before `on_start`, sending again what is waiting before `on_bar`.
    """
    if name == "on_bar":
        return _bar_handler(method)

    @functools.wraps(method)
    def handler(self: Any, *args: Any) -> Any:
        try:
            if name == "on_start":
                self._begin()
            return method(self, *args)
        except BaseException as error:  # noqa: BLE001 - the engine would swallow it, the run's faults do not
            self.faults.add(str(self.strategy_id), name, error)
            return None

    return handler


def _bar_handler(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def handler(self: Any, bar: Any) -> Any:
        try:
            if self.book.waiting:
                self._before_bar(bar)
            return method(self, bar)
        except BaseException as error:  # noqa: BLE001 - as above
            self.faults.add(str(self.strategy_id), "on_bar", error)
            return None

    return handler
