# file: core/execution/errorcollector.py
"""Error collector: record exceptions that the engine would swallow, with market time, instrument and bar."""

from __future__ import annotations

import contextlib
import functools
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Concatenate, cast

from tradingbot.core.errors import StrategyFailed
from tradingbot.core.execution.marketwindow import MarketWindow
from tradingbot.core.time import to_iso

_COLUMNS = ("open", "high", "low", "close", "volume")


def error_context(met: Any, ts: int = 0, tape: MarketWindow | None = None) -> str:
    """Return what is known of the moment a handler raised in: `met` is what it was handed, `ts` the time (UTC ns).
    Where that is no bar, `tape` knows the last one."""
    now = ts or int(getattr(met, "ts_event", 0))
    bar_type = getattr(met, "bar_type", None)
    named = getattr(met, "instrument_id", None) or getattr(met, "instrument", None)
    parts = [f"at {to_iso(now)}"] if now else []
    if bar_type is not None:
        shown = ", ".join(f"{name} {getattr(met, name, '?')}" for name in _COLUMNS)
        parts += [f"on the bar {bar_type} ({shown})"]
    elif named is not None:
        parts += [f"on {type(met).__name__} of {named}"]
        last = None if tape is None else tape.last(str(named), now)
        parts += [f"the last bar closed {to_iso(last[0])} at {last[1]:g}"] if last else []
    return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class CollectedError:
    """One exception: where it was raised, in which component, with its traceback; `at` is the moment in the market."""

    component: str
    where: str
    sentence: str
    trace: str
    at: str = ""


@dataclass(slots=True)
class ErrorCollector:
    """The sink of one run. `halt`, once set by the host, stops the engine at the first fault."""

    errors: list[CollectedError] = field(default_factory=list)
    halt: Callable[[str], None] | None = None

    def add(self, component: str, where: str, error: BaseException, at: str = "") -> None:
        """Record `error` and stop the engine."""
        trace = "".join(traceback.format_exception(error))
        self.errors.append(CollectedError(component, where, f"{type(error).__name__}: {error}", trace, at))
        if self.halt is None:
            return
        with contextlib.suppress(RuntimeError):  # a component inside an order call is borrowed: the run ends later
            self.halt(f"{component}.{where}: {error!r}")

    def watched(
        self, component: str, where: str, call: Callable[..., Any], at: Callable[[Any], str] = error_context
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
        if self.errors:
            first = self.errors[0]
            at = f" ({first.at})" if first.at else ""
            raise StrategyFailed(f"{first.component}.{first.where} raised {first.sentence}{at}\n{first.trace}")


def guarded[S: Any, **P, R](method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Record what `method` raises in its owner's `faults`, then let it go on to the engine."""

    @functools.wraps(method)
    def wrapper(self: S, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(self, *args, **kwargs)
        except BaseException as error:
            self.faults.add(type(self).__name__, method.__name__, error, error_context(args[0] if args else None))
            raise

    return cast("Callable[Concatenate[S, P], R]", wrapper)
