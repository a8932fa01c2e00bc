# file: core/runtime/listeners.py
"""Clock and listeners of a run: built before its components, which are handed them and join what they listen to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.messages.signal import Observation, Signal
from tradingbot.core.portfolio.trade import Trade


class RunClock:
    """The time of a run in UTC nanoseconds, 0 before its host has one.

    A live engine's clock exists only once its components are installed, so it is followed from then on.
    """

    def __init__(self) -> None:
        self._read: Callable[[], int] = lambda: 0

    def now(self) -> int:
        """Return the time."""
        return self._read()

    def follow(self, read: Callable[[], int]) -> None:
        """Tell the time of `read` from now on."""
        self._read = read

    def stop(self) -> None:
        """Stand still, and let go of what was followed."""
        ended = self._read()
        self._read = lambda: ended


class Channel[**P](list[Callable[P, None]]):
    """A list of listeners, called in the order in which they joined."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call each of them."""
        for listener in self:
            listener(*args, **kwargs)


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who is told of what in a run.

    `order`: an order event that its strategy has followed; `decision`: the recorder has a new one; `signal`: what a
    model saw and said; `trade`: one was closed; `transfer`: equity before and after money moved; `fault`: a component
    raised; `kill`: the lane is killed, positions are to be left; `marked`: moments (UTC ns) at which bars closed, what
    the open positions were worth then beyond the balance, and the balance. Of a node besides: `start`: its data begin;
    `venue`: what the venue reported; `bars`: (instrument, close) of the bars of one moment, which all have acted on;
    `end`: no more data come, or by which error; `unkept`: why no checkpoint of the lane can be kept.
    """

    order: Channel[[Any]] = field(default_factory=Channel)
    decision: Channel[[]] = field(default_factory=Channel)
    signal: Channel[[Observation, Signal | None]] = field(default_factory=Channel)
    trade: Channel[[Trade]] = field(default_factory=Channel)
    transfer: Channel[[Decimal, Decimal]] = field(default_factory=Channel)
    fault: Channel[[str]] = field(default_factory=Channel)
    kill: Channel[[]] = field(default_factory=Channel)
    start: Channel[[]] = field(default_factory=Channel)
    venue: Channel[[Sequence[Any]]] = field(default_factory=Channel)
    marked: Channel[[Ints, Floats, Decimal]] = field(default_factory=Channel)
    bars: Channel[[Sequence[tuple[str, int]]]] = field(default_factory=Channel)
    end: Channel[[BaseException | None]] = field(default_factory=Channel)
    unkept: Channel[[str]] = field(default_factory=Channel)

    def clear(self) -> None:
        """Let go of all of them: the run is over."""
        for channel in (getattr(self, each.name) for each in fields(self)):
            channel.clear()
