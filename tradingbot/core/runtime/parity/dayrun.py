# file: core/runtime/parity/dayrun.py
"""Day run: the backtest that a node is compared with, from a checkpoint of the node's or from its start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from tradingbot.core.execution.switches.killlatch import MemoryKillLatch
from tradingbot.core.lane import Stage
from tradingbot.core.progress import Progress
from tradingbot.core.runtime.checkpoint.checkpoint import Checkpoint, references_of, resumed
from tradingbot.core.runtime.composition import Setup
from tradingbot.core.runtime.decisions import Decision
from tradingbot.core.runtime.engine import check_terms, within_money_range
from tradingbot.core.runtime.enginehost import EngineHost
from tradingbot.core.runtime.feed import Seams, feed_of
from tradingbot.core.runtime.listeners import Listeners, RunClock
from tradingbot.core.runtime.market import Market, Plan
from tradingbot.core.runtime.parity.records import OrderEventCollector, Span
from tradingbot.core.runtime.parity.statecomparison import StateDifference, compare_states
from tradingbot.core.time import DAY


@dataclass(frozen=True, slots=True)
class Ran:
    """What a backtest decided, what its orders went through, and how its state of the evening compared, by `parts`."""

    decisions: Sequence[Decision]
    orders: OrderEventCollector
    parts: int = 0
    states: list[StateDifference] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DayRun:
    """Run a plan in the backtest engine and keep what happens in `span`.

    It goes on from the checkpoint `morning`, or begins at the start, and sees bars up to `until` (UTC ns) only; nobody
    knows of that. With an `evening` it ends at that checkpoint's seam and compares its own state with it.
    """

    planned: Plan
    market: Market
    span: Span
    until: int
    morning: Checkpoint | None = None
    evening: Checkpoint | None = None

    def run(self, progress: Progress) -> Ran:
        """Return what came of it; `progress` hears (days done, days in all).

        Raises TradingbotError: As a backtest does, and RunFailed when a checkpoint cannot be restored.
        """
        check_terms(self.planned, self.market)
        return resumed(partial(self._run, progress), self.morning)

    def _run(self, progress: Progress, morning: Checkpoint | None) -> Ran:
        planned, market, evening = self.planned, self.market, self.evening
        clock, listeners, orders = RunClock(), Listeners(), OrderEventCollector(self.span)
        feed = feed_of(planned, replace(market, end=min(self.until, market.end)))
        latch = MemoryKillLatch(planned.config.lane, clock.now)
        setup = Setup(planned, market, Stage.BACKTEST, latch, clock, listeners)
        host = EngineHost(setup, feed, morning)
        try:
            listeners.order.append(orders)
            began = market.start if morning is None else morning.ts
            goal = self.until if evening is None else evening.ts
            days = max(1, -(-(goal - began) // DAY))
            with within_money_range(host.lane.recorder, planned.config):
                for chunk in feed.days(began, goal, Seams(lambda _midnight: False)):
                    host.run(chunk)
                    progress(-(-(chunk.until - began) // DAY), days)
                if evening is None:
                    host.end()
            decisions = list(host.lane.recorder.decisions)
            return Ran(decisions, orders) if evening is None else Ran(decisions, orders, *_states(host, evening))
        finally:
            host.close()


def _states(host: EngineHost, evening: Checkpoint) -> tuple[int, list[StateDifference]]:
    if why := host.unrest:
        return 1, [StateDifference(evening.ts, "account", ("is at rest", f"is not: {why}"))]
    mine, _history = host.take_checkpoint(host.account, evening.close, evening.ts)
    return compare_states(evening, mine, references_of(host.lane))
