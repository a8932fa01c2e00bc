# file: core/runtime/papernode.py
"""Paper trading node: from a checkpoint, through the engine, to the node host over replayed or live data."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tradingbot.core.execution.marketclock import MarketClock
from tradingbot.core.execution.switches.killlatch import MemoryKillLatch
from tradingbot.core.lane import Stage
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.runtime.catchup import CatchUp, CaughtUp, stop_signals
from tradingbot.core.runtime.checkpoint.checkpoint import Checkpoint, NotRestored, Unkeepable, resumed
from tradingbot.core.runtime.checkpoint.store import CheckpointKeeper, CheckpointStore, checkpoint_key, fingerprint
from tradingbot.core.runtime.composition import Composition, Setup, compose
from tradingbot.core.runtime.engine import check_terms, collect_garbage_here
from tradingbot.core.runtime.listeners import RunClock
from tradingbot.core.runtime.market import Market, Plan
from tradingbot.core.runtime.node import NodeHost, NodeOptions, NodeRecord
from tradingbot.core.runtime.onecore import on_one_core
from tradingbot.core.runtime.processlock import single_instance
from tradingbot.core.runtime.provenance import settings_sha256
from tradingbot.core.runtime.recorder import RunOutcome
from tradingbot.core.runtime.replay.lockstep import LockStepReplay, ReplaySource
from tradingbot.core.runtime.replay.verifier import ReplayVerifier, archive_state, open_verifier
from tradingbot.core.runtime.statefile import StateFile
from tradingbot.core.time import DAY

_WORTH = 500
"""So many bars to be made up for are left to the node: to start an engine costs as much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperOptions(NodeOptions):
    """How a paper node goes; its lane's kill latch stops real money, so paper only notes what live would refuse.

    `speed` is market seconds per second, None for full speed, at which it goes until `fast_until` (UTC ns) in any case.
    A `fresh` node sets what it did before aside. Where it follows a feed, `watermark` says up to which moment (UTC ns)
    the feed has handed on. Until `hand_over` (UTC ns) the backtest engine does the work; None leaves the last whole day
    of a replay to the node, and of a feed what comes from now on.
    """

    speed: float | None = None
    fast_until: int = 0
    fresh: bool = False
    watermark: Callable[[], int] | None = None
    hand_over: int | None = None


def run_paper(planned: Plan, market: Market, options: PaperOptions, progress: Progress = no_progress) -> RunOutcome:
    """Run a plan in a live node until its data ends or a signal stops it; `progress` hears (days done, in all).

    A node that ran before goes on from its last checkpoint that fits: what is on record since is done again, at the
    backtest engine's speed, and must come out the same.

    Raises StrategyFailed when any component raised, with its traceback; LedgerMismatch when the ledger and the venue's
    account disagree; PolicyRefused when the node runs already, or has run with other settings; RunFailed when the state
    file cannot be written, the replay breaks off, or the node's past comes out otherwise.
    """
    check_terms(planned, market)
    with single_instance(options.folder / f"{options.name}.lock"):
        path = options.folder / f"{options.name}.db"
        if options.fresh:
            archive_state(path)
        return _PaperRun(planned, market, options, path, progress).run()


class _PaperRun:
    """One start of a paper node: choose a checkpoint, catch up in the engine, then go on in the node."""

    def __init__(self, planned: Plan, market: Market, options: PaperOptions, path: Path, progress: Progress) -> None:
        self._planned, self._market, self._options, self._path = planned, market, options, path
        self._progress = progress
        self._settings = settings_sha256(planned, market)
        # In `fast` no quotes come, and without them nothing can be traded once more.
        self._keeps = planned.config.realism == "exact"
        self._store = CheckpointStore(path, checkpoint_key(options.folder), fingerprint(planned, market))
        self._news: list[str] = []

    def run(self) -> RunOutcome:
        with open_verifier(self._path, self._settings) as past:
            until = past.until
        checkpoint, goal = self._last() if until else None, self._goal(until)
        while True:
            try:
                caught = self._caught_up(checkpoint, goal)
                if caught.stopped is not None:
                    return self._whole(caught.stopped)
                # What the engine has just written it would write again, should the node refuse it.
                goal = 0
                return self._whole(resumed(self._node, caught.checkpoint))
            except NotRestored as error:
                self._news.append(str(error))
                checkpoint = self._last(error.close - 1)

    def _last(self, until: int | None = None) -> Checkpoint | None:
        if not self._keeps:
            return None
        checkpoint, refused = self._store.newest(until)
        self._news += map(str, refused)
        self._store.rewind(checkpoint.ts if checkpoint else 0)
        return checkpoint

    def _caught_up(self, checkpoint: Checkpoint | None, goal: int) -> CaughtUp:
        begun = checkpoint.close if checkpoint else self._market.start
        if not self._keeps or goal - begun <= _WORTH * self._market.sources[0].step.ns:
            return CaughtUp(checkpoint)
        try:
            return self._catch_up(checkpoint, goal)
        except Unkeepable as error:
            self._keeps = False
            self._news.append(str(error))
            return CaughtUp(None)

    def _goal(self, recorded: int) -> int:
        """Return the close that the engine goes to, 0 for none."""
        options, market = self._options, self._market
        there = market.end if options.watermark is None else options.watermark()
        # At the seam after a close the next bar has opened.
        last = there - market.sources[0].step.ns
        if options.hand_over is not None:
            return min(options.hand_over, last)
        if options.watermark is not None:
            return last
        wanted = max(options.fast_until, recorded)
        if options.speed is None:
            wanted = max(wanted, (market.end - 1) // DAY * DAY - DAY)
        return min(wanted, last)

    def _catch_up(self, checkpoint: Checkpoint | None, goal: int) -> CaughtUp:
        with self._opened() as (file, past), stop_signals() as told:

            def record_of(lane: Composition) -> tuple[NodeRecord, CheckpointKeeper]:
                record = self._record(lane, file, past)
                record.identify("max")
                return record, CheckpointKeeper(self._store, file, record.writer)

            caught = CatchUp(self._planned, self._market, record_of, told, self._progress).run(checkpoint, goal)
        if told() and caught.stopped is None:
            # It came when nobody asked any more.
            signal.raise_signal(signal.SIGTERM)
        return caught

    def _node(self, checkpoint: Checkpoint | None) -> RunOutcome:
        planned, market, options = self._planned, self._market, self._options
        with on_one_core(), self._opened() as (file, past), collect_garbage_here() as collect:
            clock = MarketClock()
            latch = MemoryKillLatch(planned.config.lane, clock.timestamp_ns)
            lane = compose(Setup(planned, market, Stage.PAPER, latch, RunClock(), time=clock))
            record = self._record(lane, file, past)
            keeper = CheckpointKeeper(self._store, file, record.writer) if self._keeps else None
            fast_until = max(options.fast_until, past.until)
            source = ReplaySource(checkpoint, options.speed, fast_until, options.watermark)
            replay = LockStepReplay(planned, market, lane, clock, source, keeper, self._progress)
            return NodeHost(planned, market, options, lane, replay, record, collect).run()

    @contextmanager
    def _opened(self) -> Iterator[tuple[StateFile, ReplayVerifier]]:
        with open_verifier(self._path, self._settings) as past, closing(StateFile(self._path)) as file:
            yield file, past

    def _record(self, lane: Composition, file: StateFile, past: ReplayVerifier) -> NodeRecord:
        record = NodeRecord(self._planned, self._market, self._options, lane, file, past)
        for sentence in self._news:
            record.tell("checkpoint", sentence)
        self._news.clear()
        return record

    def _whole(self, outcome: RunOutcome) -> RunOutcome:
        """Return the outcome with what was taken out of its books while the node ran."""
        outcome.recorder.unarchive(self._store.histories(2**63 - 1))
        return outcome
