# file: core/execution/faults.py
"""Catch what the engine would swallow, so that a run which went wrong cannot end as if it had gone right."""

from __future__ import annotations

import contextlib
import functools
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Concatenate, Protocol, cast

from tradingbot.core.errors import StrategyFailed
from tradingbot.core.execution.whereabouts import whereabouts

__all__ = ["Fault", "Faults", "HasFaults", "guarded"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One exception: where it was raised, in which component, with its traceback; `at` is the moment in the market."""

    component: str
    where: str
    sentence: str
    trace: str
    at: str = ""


@dataclass(slots=True)
class Faults:
    """The sink of one run. `halt`, once set by the host, stops the engine at the first fault."""

    found: list[Fault] = field(default_factory=list)
    halt: Callable[[str], None] | None = None

    def add(self, component: str, where: str, error: BaseException, at: str = "") -> None:
        """Record `error` and stop the engine."""
        trace = "".join(traceback.format_exception(error))
        self.found.append(Fault(component, where, f"{type(error).__name__}: {error}", trace, at))
        if self.halt is None:
            return
        with contextlib.suppress(RuntimeError):  # a component inside an order call is borrowed: the run ends later
            self.halt(f"{component}.{where}: {error!r}")

    def watched(
        self, component: str, where: str, call: Callable[..., Any], at: Callable[[Any], str] = whereabouts
    ) -> Callable[..., Any]:
        """Return `call` so that what it raises is recorded, with what `at` says of what it was handed, and no more."""

        @functools.wraps(call)
        def watching(*args: Any, **kwargs: Any) -> Any:
            try:
                return call(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 - the engine would swallow it
                self.add(component, where, error, at(args[0] if args else None))
                return None

        return watching

    def raise_first(self) -> None:
        """Raise the first fault, if any, as `StrategyFailed` with its traceback in the message."""
        if self.found:
            first = self.found[0]
            at = f" ({first.at})" if first.at else ""
            raise StrategyFailed(f"{first.component}.{first.where} raised {first.sentence}{at}\n{first.trace}")


class HasFaults(Protocol):
    """Anything that carries the run's sink."""

    @property
    def faults(self) -> Faults:
        """The sink."""


def guarded[S: HasFaults, **P, R](method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Record what `method` raises in its owner's `faults`, then let it go on to the engine."""

    @functools.wraps(method)
    def wrapper(self: S, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(self, *args, **kwargs)
        except BaseException as error:
            self.faults.add(type(self).__name__, method.__name__, error, whereabouts(args[0] if args else None))
            raise

    return cast("Callable[Concatenate[S, P], R]", wrapper)
