# file: core/runtime/catchup.py
"""Catching up: what a paper node missed, run in the backtest engine and recorded as the node would have."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from tradingbot.core.execution.switches.killlatch import MemoryKillLatch
from tradingbot.core.lane import Stage
from tradingbot.core.progress import Progress
from tradingbot.core.runtime.checkpoint.checkpoint import Checkpoint, resumed
from tradingbot.core.runtime.checkpoint.store import CheckpointKeeper, kept_for_long
from tradingbot.core.runtime.composition import Composition, Setup
from tradingbot.core.runtime.engine import within_money_range
from tradingbot.core.runtime.enginehost import EngineHost
from tradingbot.core.runtime.feed import Feed, Seams, feed_of
from tradingbot.core.runtime.listeners import Listeners, RunClock
from tradingbot.core.runtime.market import Market, Plan
from tradingbot.core.runtime.node import NodeRecord
from tradingbot.core.runtime.recorder import RunOutcome
from tradingbot.core.stateful import Stateful
from tradingbot.core.time import DAY

_APPROACH = (120, 30, 10, 3, 1, 0)
"""Bars before the goal at which a moment of rest is looked for, so that little is left when there is none at it."""


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """How far the engine came: the last checkpoint, and what the run left if it was told to stop."""

    checkpoint: Checkpoint | None
    stopped: RunOutcome | None = None


@dataclass(frozen=True, slots=True)
class CatchUp:
    """Run a plan in an engine from a checkpoint, or the start, towards a goal.

    `record_of` makes the record of a lane and the keeper of its checkpoints, which are kept at UTC midnights and close
    to the goal; `told` says whether to stop, and is asked after every day. `progress` hears (days done, days in all).
    """

    planned: Plan
    market: Market
    record_of: Callable[[Composition], tuple[NodeRecord, CheckpointKeeper]]
    told: Callable[[], bool]
    progress: Progress

    def run(self, checkpoint: Checkpoint | None, goal: int) -> CaughtUp:
        """Return the last checkpoint at the close `goal` (UTC ns) or before, the given one where none came after.

        Raises Unkeepable when the run cannot be written down; other errors as `run_paper` does.
        """
        return resumed(partial(self._run, goal), checkpoint)

    def _run(self, goal: int, checkpoint: Checkpoint | None) -> CaughtUp:
        clock, listeners, planned = RunClock(), Listeners(), self.planned
        made: list[tuple[NodeRecord, CheckpointKeeper]] = []

        def parts(lane: Composition) -> Mapping[str, Stateful]:
            made.append(self.record_of(lane))
            return made[0][1].parts

        feed, latch = feed_of(planned, self.market), MemoryKillLatch(planned.config.lane, clock.now)
        setup = Setup(planned, self.market, Stage.PAPER, latch, clock, listeners)
        host = EngineHost(setup, feed, checkpoint, parts)
        try:
            record, keeper = made[0]
            listeners.order.append(record.writer.followed)
            run = _EngineRun(host, feed, record, keeper, checkpoint, self.market.start)
            with within_money_range(host.lane.recorder, planned.config):
                done = run.go(goal, self.market.sources[0].step.ns, self.told, self.progress) and not self.told()
            return CaughtUp(run.last) if done else CaughtUp(run.last, run.outcome())
        finally:
            host.close()


class _EngineRun:
    def __init__(
        self,
        host: EngineHost,
        feed: Feed,
        record: NodeRecord,
        keeper: CheckpointKeeper,
        checkpoint: Checkpoint | None,
        start: int,
    ) -> None:
        self._host, self._feed, self._record, self._keeper = host, feed, record, keeper
        self._start = start
        self._at = start if checkpoint is None else checkpoint.ts
        self.last = checkpoint

    def go(self, goal: int, step: int, told: Callable[[], bool], progress: Progress) -> bool:
        """Go to the close `goal`; say whether it came there and was not told to stop."""
        began, days = self._at, max(1, (goal - self._at) // DAY)
        seams = Seams(partial(kept_for_long, newest=goal))
        for target in (goal - bars * step for bars in _APPROACH):
            for chunk in self._feed.days(self._at, self._feed.behind(target), seams):
                self._host.run(chunk)
                self._record.writer.note(chunk.moments)
                self._at = chunk.until
                if chunk.seam:
                    seams.tried(self._keep(chunk.seam))
                self._record.beat("catching_up")
                progress(min(days, (self._at - began) // DAY), days)
                if told():
                    return False
            if self._at == self._feed.behind(target):
                self._keep(target)
        return True

    def outcome(self) -> RunOutcome:
        """Return what a run leaves that was told to stop."""
        lane, writer = self._host.lane, self._record.writer
        self._record.beat("stopped")
        self._record.tell("stopped", "the node was stopped")
        return RunOutcome(lane.recorder, writer.bars, lane.gate.closing_orders, writer.reached(self._start))

    def _keep(self, close: int) -> bool:
        """Keep a checkpoint if the run is at rest, and say so."""
        if self._host.unrest:
            return False
        if self.last is not None and self.last.ts >= self._at:
            return True
        seen, at = self._host.account, self._at
        self.last = self._keeper.keep(seen.held.live, lambda: self._host.take_checkpoint(seen, close, at))
        return True


@contextmanager
def stop_signals() -> Iterator[Callable[[], bool]]:
    """Note SIGINT and SIGTERM instead of dying of them while the block lasts; give what says whether one came.

    In a thread other than the main one nothing is changed, and none comes.
    """
    came = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield came.is_set
        return
    before = {number: signal.signal(number, lambda *_: came.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield came.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
