# file: core/validation/lookahead/actions.py
"""Actions of strategies, call by call, and the first difference between two runs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tradingbot.core.execution.lanestrategy import LaneStrategy
from tradingbot.core.messages.intent import Intent


@dataclass(frozen=True, slots=True)
class Action:
    """A strategy's call at `ts` (UTC ns): it proposed an entry, closed, or tightened a stop; `what` says all of it."""

    ts: int
    strategy: str
    instrument: str
    what: str


@dataclass(frozen=True, slots=True)
class Difference:
    """The first call that two runs do not share; None where a run has no call there."""

    was: Action | None
    now: Action | None

    @property
    def action(self) -> Action:
        """The call, from whichever run has it, the first if both have one."""
        action = self.was or self.now
        assert action is not None  # noqa: S101 - one of the two is there
        return action

    @property
    def sentence(self) -> str:
        """What became of it, in words."""
        if self.now is None:
            return f"{self.action.what} vanished"
        if self.was is None:
            return f"{self.action.what} appeared"
        return f"{self.was.what} became {self.now.what}"


def until(actions: Sequence[Action], cut: int, latency: int = 0) -> list[Action]:
    """Return the calls at or before `cut`; of those less than `latency` (ns) before it, each strategy's first.

    A run that ends at the cut refuses every entry that would arrive after it, and what a strategy does after such an
    answer says nothing.
    """
    kept: list[Action] = []
    near: set[str] = set()
    for action in actions:
        if action.ts < cut - latency:
            kept.append(action)
        elif action.ts <= cut and action.strategy not in near:
            near.add(action.strategy)
            kept.append(action)
    return kept


def first_difference(was: Sequence[Action], now: Sequence[Action]) -> Difference | None:
    """Return where two sequences of calls part; None when they are equal."""
    for one, other in itertools.zip_longest(was, now):
        if one == other:
            continue
        if one and other and one.ts != other.ts:
            return Difference(one, None) if one.ts < other.ts else Difference(None, other)
        return Difference(one, other)
    return None


@contextmanager
def record_actions() -> Iterator[tuple[list[Action], list[tuple[LaneStrategy, frozenset[str]]]]]:
    """Record every call of every strategy while the block runs, and the strategies themselves.

    With each strategy come the names of the attributes that the program gave it and not its author.
    """
    actions: list[Action] = []
    seen: list[tuple[LaneStrategy, frozenset[str]]] = []
    methods = {name: getattr(LaneStrategy, name) for name in ("propose", "close", "tighten", "__init__")}

    def note(strategy: LaneStrategy, instrument: str, what: str) -> None:
        actions.append(Action(strategy.clock.timestamp_ns(), str(strategy.strategy_id), instrument, what))

    def propose(self: LaneStrategy, intent: Any) -> Any:
        what = f"structure {intent!r}"
        if isinstance(intent, Intent):
            target = "" if intent.target is None else f", target {intent.target}"
            what = f"{intent.side} at {intent.price}, stop {intent.stop}{target}, {intent.strength}"
        note(self, intent.instrument, what)
        return methods["propose"](self, intent)

    def close(self: LaneStrategy, instrument_id: Any, reason: str) -> None:
        if self.holding(instrument_id):
            note(self, str(instrument_id), f"exit ({reason})")
        methods["close"](self, instrument_id, reason)

    def tighten(self: LaneStrategy, instrument_id: Any, stop: Any) -> Any:
        note(self, str(instrument_id), f"stop to {float(stop):.10g}")
        return methods["tighten"](self, instrument_id, stop)

    def begin(self: LaneStrategy, *args: Any, **kwargs: Any) -> None:
        before = set(vars(self))
        methods["__init__"](self, *args, **kwargs)
        seen.append((self, frozenset(vars(self)) - before))

    patched = {"propose": propose, "close": close, "tighten": tighten, "__init__": begin}
    try:
        for name, method in patched.items():
            setattr(LaneStrategy, name, method)
        yield actions, seen
    finally:
        for name, method in methods.items():
            setattr(LaneStrategy, name, method)
