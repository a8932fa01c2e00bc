# file: core/execution/strategycontext.py
"""Strategy context: what a strategy may know of its run, and the lane services that handle its intents beneath it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.config.risk import Kill
from tradingbot.core.errors import RunFailed
from tradingbot.core.execution.approvals import Approvals
from tradingbot.core.execution.errorcollector import ErrorCollector
from tradingbot.core.execution.marketclock import MarketClock
from tradingbot.core.execution.ordersender import OrderSender
from tradingbot.core.execution.record import Record
from tradingbot.core.execution.reenactment import Reenactment
from tradingbot.core.execution.riskview import RiskViewBuilder
from tradingbot.core.execution.switches.killlatch import KillLatch
from tradingbot.core.lane import Lane
from tradingbot.core.messages.approval import Refused
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.desk import RiskDesk


class EntryFilter(Protocol):
    """A second opinion on a strategy's entries."""

    def observe(self, bar: Any) -> None:
        """Take in a Nautilus bar before the strategy does."""

    def judge(self, intent: Intent | SpreadIntent) -> Intent | SpreadIntent | Refused:
        """Return the intent, with a strength of the filter's own, or why it is dropped."""


class BarSequencer:
    """Hold a bar back until every strategy has been handed it, then let them act in order. The engine hands it to its
    subscribers in an order of its own, another one in each run, and who acts first is numbered, sized and filled first.
    `alone` says that there is no order to keep."""

    def __init__(self, names: Sequence[str]) -> None:
        self.alone = len(names) == 1
        self._names = tuple(names)
        self._held: dict[str, Callable[[], None]] = {}
        self._acting = False

    def priority(self, name: str) -> int:
        """Return the priority of a strategy on a topic, by its place in the config: the highest first, the last 0."""
        return len(self._names) - 1 - self._names.index(name)

    def deliver(self, name: str, act: Callable[[], None]) -> None:
        """Call `act` when it is the turn of `name`. Raises RunFailed when one strategy is handed a bar before all have
        been handed the last."""
        if self._acting:
            act()
            return
        if name in self._held:
            missing = ", ".join(sorted({*self._names} - {*self._held}))
            raise RunFailed(f"{name} was handed a bar before {missing} had heard the last")
        self._held[name] = act
        if len(self._held) == len(self._names):
            self._take_turns()

    def _take_turns(self) -> None:
        held, self._held, self._acting = self._held, {}, True
        try:
            for name in self._names:
                held[name]()
        finally:
            self._acting = False


@dataclass(frozen=True, slots=True)
class StrategyContext:
    """What a strategy may know of its run; it holds nothing that could be misused. The time is the strategy's `clock`.
    `instruments` are Nautilus', `bar_types` the run's bars by instrument id, `shorting` says whether the lane sells
    short, `priority` places the strategy among those that subscribe to a topic: the highest first."""

    name: str
    lane: Lane
    instruments: tuple[Any, ...]
    bar_types: Mapping[str, Any]
    shorting: bool
    priority: int


@dataclass(frozen=True, slots=True)
class LaneServices:
    """What the lane layer asks on a strategy's behalf; strategies never touch it.

    `kill` is how profitable positions are left when the lane is killed. Before `since` (ns) nothing is entered; from
    `until` (ns; 0 = never) on nothing is sent any more: an order at the last bar of a backtest has no next price. The
    entries of a strategy with an `entry_filter` go past it before the desk sees them. While the `reenactment` is on
    nobody hears what happens. `time` is the run's clock where it is not the engine's. `heard` is called with each order
    event once the strategy has followed it, `mark` before the strategy acts on a bar, where the lane has a kill trigger
    that goes by equity.
    """

    venue: LaneVenue
    desk: RiskDesk
    viewer: RiskViewBuilder
    approvals: Approvals
    record: Record
    latch: KillLatch
    kill: Kill
    faults: ErrorCollector
    sequencer: BarSequencer
    sender: OrderSender
    reenactment: Reenactment
    since: int = 0
    until: int = 0
    entry_filter: EntryFilter | None = None
    time: MarketClock | None = None
    heard: Callable[[Any], None] | None = None
    mark: Callable[[], None] | None = None

    def over(self, now: int) -> bool:
        """Whether an order sent at `now` would arrive when the run has no next price."""
        return bool(self.until) and now + self.venue.latency_ms * 1_000_000 > self.until
