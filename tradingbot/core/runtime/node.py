# file: core/runtime/node.py
"""Paper node: the backtest's own composition in Nautilus' live node, over data replayed from the catalog."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from nautilus_trader.common import CacheConfig, Environment, LoggerConfig, LogLevel
from nautilus_trader.config import DataClientConfig, ExecutionClientConfig
from nautilus_trader.live import LiveNode, LiveRiskEngineConfig
from nautilus_trader.model import Bar, TraderId, Venue
from nautilus_trader.trading import Strategy

from adapters.replay import Pace, ReplayFactory
from adapters.sandbox import SandboxFactory
from tradingbot.core.errors import RunFailed
from tradingbot.core.execution.marketclock import MarketClock
from tradingbot.core.execution.switches.killlatch import KillLatch, MemoryKillLatch
from tradingbot.core.lane import Stage
from tradingbot.core.messages.signal import Observation, Signal
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.runtime.backtesthost import RunOutcome, check_terms, feed_of
from tradingbot.core.runtime.composition import Composition, Setup, compose, install
from tradingbot.core.runtime.engine import TRADER, collect_garbage_here, within_money_range
from tradingbot.core.runtime.heartbeat import Heartbeat, NodeProgress
from tradingbot.core.runtime.liveshadow import LiveShadow
from tradingbot.core.runtime.market import Market, Plan
from tradingbot.core.runtime.processlock import single_instance
from tradingbot.core.runtime.provenance import settings_sha256
from tradingbot.core.runtime.replay.simulatedvenue import PlacedModels, SimulatedVenue, VenueEvent
from tradingbot.core.runtime.replay.verifier import ReplayVerifier, archive_state, open_verifier
from tradingbot.core.runtime.statefile import Outbox, StateFile
from tradingbot.core.runtime.statewriter import StateWriter

_TICKS = 100


@dataclass(frozen=True, slots=True)
class PaperOptions:
    """Where a paper node keeps its state, under which name, and how it goes.

    `latch` is the lane's kill switch: it stops real money, so paper only notes what live would refuse. `enabled` and
    `promoted` say what else live would go by. `speed` is market seconds per second, None for full speed, at which it
    goes until `fast_until` (UTC ns) in any case. A `fresh` node sets what it did before aside. After `stall_s` without
    data that is due the node says so.
    """

    name: str
    folder: Path
    latch: KillLatch
    speed: float | None = None
    fast_until: int = 0
    fresh: bool = False
    synthetic: bool = False
    enabled: Callable[[], bool] = lambda: False
    promoted: Callable[[], bool] = lambda: False
    stall_s: float = 15.0


def run_paper(planned: Plan, market: Market, paper: PaperOptions, progress: Progress = no_progress) -> RunOutcome:
    """Run a plan in a live node until its data ends or a signal stops it; `progress` hears (chunks done, in all).

    A node that ran before goes on where it was: it does again at full speed what is on record, which must come out the
    same, and records from there.

    Raises StrategyFailed when any component raised, with its traceback; LedgerMismatch when the ledger and the venue's
    account disagree; PolicyRefused when the node runs already, or has run with other settings; RunFailed when the state
    file cannot be written, the replay breaks off, or the node's past comes out otherwise.
    """
    check_terms(planned.config, planned.venue, planned.rates, market)
    with single_instance(paper.folder / f"{paper.name}.lock"):
        path = paper.folder / f"{paper.name}.db"
        if paper.fresh:
            archive_state(path)
        settings = settings_sha256(planned, market)
        with open_verifier(path, settings) as past, closing(StateFile(path)) as file, collect_garbage_here() as collect:
            return _Node(planned, market, paper, file, past, progress, collect).run()


class _Node:
    """One run: what hears each row of the replay, in the order in which the backtest engine would let things happen.

    First alerts that are due, then the venue, whose events the node acts on, then the row itself, on which it acts.
    """

    def __init__(
        self,
        planned: Plan,
        market: Market,
        paper: PaperOptions,
        file: StateFile,
        past: ReplayVerifier,
        progress: Progress,
        collect: Callable[[], None],
    ) -> None:
        self._collect = collect
        self._began = False
        self._planned, self._market, self._paper = planned, market, paper
        self._file, self._progress = file, progress
        self._clock = MarketClock()
        self._venue = SimulatedVenue()
        self._error: BaseException | None = None
        self._finished = False
        self._stop: Callable[[], None] = lambda: None
        pace = Pace(paper.speed, max(paper.fast_until, past.until))
        self._lane: Composition[PlacedModels] = compose(
            Setup(
                planned.config, planned.venue, planned.risk, planned.rates, market, Stage.PAPER,
                MemoryKillLatch(planned.config.lane, self._clock.timestamp_ns), self._venue.place, self._clock,
                heard=self._heard, opined=self._opined,
            )
        )  # fmt: skip
        self._seen = {str(bar_type) for bar_type in self._lane.strategies[0].context.bar_types.values()}
        # It would reach for a strategy from the venue's thread, which the engine forbids by aborting; `after` looks.
        self._lane.faults.halt = None
        outbox = Outbox(past.last["outbox"])
        shadow = LiveShadow(planned.risk, paper.latch, paper.enabled, paper.promoted)
        self._noting = StateWriter(self._lane.recorder, file, past, outbox, shadow, self._stop_of)
        self._lane.recorder.judged = self._noting.judged
        self._pulse = Heartbeat(
            file, outbox, paper.latch, self._look, self._halt, stall_s=paper.stall_s, last=past.last["switches"]
        )
        self._factory = SandboxFactory(
            Venue(str(market.instruments[0].id.venue)),
            planned.venue.currency,
            self._venue,
            self._strange,
            self._noting.heard,
        )
        self._replay = ReplayFactory(self._factory.venue, market.instruments, self._rows(), self, pace)

    def run(self) -> RunOutcome:
        lane, config = self._lane, self._planned.config
        self._file.write([("node", [self._identity()])])
        self._pulse.start()
        try:
            self._venue.open(
                self._market.instruments, self._planned.venue, config.start_equity, config.realism == "exact",
                [strategy.context.name for strategy in lane.strategies], lane.recorder, lane.faults,
            )  # fmt: skip
            node = self._build()
            self._stop = node.handle().stop
            install(node, lane.gate, [*lane.actors, self._replay.usher], lane.strategies)
            with within_money_range(lane.recorder, config):
                node.run()
                state = self._judge()
            self._pulse.stop(state, "")
            stopped = None if self._finished else self._noting.reached(self._market.start)
            if stopped is not None:
                lane.recorder.mark_until(stopped.ts)
            return RunOutcome(lane.recorder, self._noting.bars, lane.gate.closing_orders, stopped)
        except BaseException as error:
            self._pulse.stop("failed", str(error))
            raise
        finally:
            self._venue.close()
            lane.recorder.judged = _nothing
            lane.let_go()

    async def begin(self) -> None:
        self._began = True
        self._noting.moved = time.monotonic()
        await self._settled()

    async def before(self, row: Any) -> None:
        await self._ring(row.ts_init)
        self._clock.move(row.ts_init)
        await self._pass_on(self._venue.step(row))

    async def after(self, row: Any) -> None:
        await self._settled()
        self._lane.faults.raise_first()
        # Others are what orders meet in `fast`: strategies do not hear them, so they are no step of the node.
        if isinstance(row, Bar) and str(row.bar_type) in self._seen:
            self._pulse.check()
            self._collect()
            self._noting.note(str(row.bar_type.instrument_id), row.ts_init)

    def end(self, error: BaseException | None) -> None:
        self._finished = error is None
        if not isinstance(error, asyncio.CancelledError):
            self._error = error
        self._stop()

    def _rows(self) -> Iterator[Any]:
        feed = feed_of(self._planned.config, self._planned.venue, self._planned.risk, self._market)
        for number, chunk in enumerate(feed, start=1):
            self._lane.tape.load(chunk.strips)
            yield from sorted((row for rows in chunk.data for row in rows), key=lambda row: row.ts_init)
            self._lane.recorder.mark_until(chunk.until + 1)
            self._progress(number, feed.chunks)

    def _build(self) -> LiveNode:
        """Return the node. It reconciles nothing: the venue is born with it.

        The engine's own risk checks are the venue's: it knows the account's leverage, which the node's copy of the
        account does not, and denies a list with all of its orders.
        """
        return (
            LiveNode.builder("PAPER", TraderId(TRADER), Environment.SANDBOX)
            .with_reconciliation(False)
            .with_logging(LoggerConfig(stdout_level=LogLevel.OFF, print_config=False, bypass_logging=True))
            .with_risk_engine_config(LiveRiskEngineConfig(bypass=True))
            .with_cache_config(CacheConfig(tick_capacity=_TICKS))
            .with_timeout_disconnection_secs(2)
            .with_delay_post_stop_secs(0)
            .add_data_client("REPLAY", self._replay, DataClientConfig())
            .add_exec_client("SANDBOX", self._factory, ExecutionClientConfig())
            .build()
        )

    async def _ring(self, before: int) -> None:
        while (alert := self._clock.due(before)) is not None:
            self._clock.move(alert.ts)
            await self._pass_on(self._venue.tick(alert.ts))
            await self._replay.client.caught_up()
            alert.call(alert)
            await self._settled()

    async def _pass_on(self, told: list[VenueEvent]) -> None:
        if told:
            await self._replay.client.caught_up()
            self._factory.client.tell(told)
            await self._settled()

    async def _settled(self) -> None:
        await self._factory.client.settled(partial(Strategy.query_account, self._lane.strategies[0]))

    def _heard(self, event: Any) -> None:
        self._factory.client.heard(event)

    def _strange(self, event: Any) -> None:
        """Let a strategy hear of an order the venue made itself: an expiry, a liquidation."""
        for strategy in self._lane.strategies:
            if strategy.context.name == str(event.strategy_id):
                strategy.on_order_event(event)

    def _opined(self, seen: Observation, signal: Signal | None) -> None:
        self._noting.opined(seen, signal)

    def _stop_of(self, name: str, instrument: str) -> Decimal | None:
        for strategy in self._lane.strategies:
            if strategy.context.name == name:
                return strategy.resting_stop(instrument)
        return None

    def _look(self) -> NodeProgress:
        noting = self._noting
        waits = time.monotonic() - max(noting.moved, self._replay.pace.due) if self._began else 0.0
        return NodeProgress(noting.bars, noting.ts, noting.catching_up, max(0.0, waits))

    def _halt(self) -> None:
        self._stop()

    def _judge(self) -> str:
        """End well and return how, or raise why not."""
        lane, planned = self._lane, self._planned
        lane.faults.raise_first()
        if self._error is not None:
            raise RunFailed(f"the replay broke off: {self._error}") from self._error
        self._pulse.check()
        if not self._finished:
            # Perhaps within a bar, with fills on their way that no book has; the next run makes that bar again.
            return "stopped"
        lane.recorder.reconcile(self._venue.balance(planned.venue.currency, planned.config.start_equity))
        self._noting.finished()
        return "finished"

    def _identity(self) -> tuple[object, ...]:
        planned, paper, market = self._planned, self._paper, self._market
        sha = settings_sha256(planned, market)
        speed = "max" if paper.speed is None else f"{paper.speed:g}"
        return (
            paper.name, str(planned.config.lane), planned.command, sha, speed, market.start, market.end, os.getpid(),
            time.time_ns(), planned.config.name, planned.venue.currency, str(planned.config.start_equity),
            int(paper.synthetic), market.sources[0].step.ns,
        )  # fmt: skip


def _nothing() -> None:
    """Let go of the node: its books outlive it."""
