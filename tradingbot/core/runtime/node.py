# file: core/runtime/node.py
"""Node host: a lane in Nautilus' live node, with its lifecycle, state file, heartbeat and record."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from nautilus_trader.common import CacheConfig, Environment, LoggerConfig, LogLevel
from nautilus_trader.live import LiveNode, LiveNodeBuilder, LiveRiskEngineConfig
from nautilus_trader.model import TraderId

from tradingbot.core.errors import RunFailed
from tradingbot.core.execution.switches.killlatch import KillLatch
from tradingbot.core.runtime.checkpoint.checkpoint import NotRestored
from tradingbot.core.runtime.composition import Composition, install
from tradingbot.core.runtime.engine import TICKS, TRADER, within_money_range
from tradingbot.core.runtime.heartbeat import Heartbeat, NodeProgress
from tradingbot.core.runtime.liveshadow import LiveShadow
from tradingbot.core.runtime.market import REPLAY, Market, Plan
from tradingbot.core.runtime.provenance import settings_sha256
from tradingbot.core.runtime.recorder import RunOutcome
from tradingbot.core.runtime.statefile import Outbox, StateFile
from tradingbot.core.runtime.statewriter import RecordedPast, StateWriter


@dataclass(frozen=True, slots=True)
class NodeOptions:
    """Where a node keeps its state, and under which name.

    `feed` names where its data come from. `latch` is the lane's kill switch on disk; `enabled` and `promoted` say what
    else live goes by. After `stall_s` without data that is due the node says so.
    """

    name: str
    folder: Path
    latch: KillLatch
    synthetic: bool = False
    enabled: Callable[[], bool] = lambda: False
    promoted: Callable[[], bool] = lambda: False
    stall_s: float = 15.0
    feed: str = REPLAY


class NodeRecord:
    """What a node writes down of one run of a lane: its record, heartbeat and identity; `past` is what it had before.

    The run may be a node's, or that of an engine in which the node catches up.
    """

    def __init__(
        self,
        planned: Plan,
        market: Market,
        options: NodeOptions,
        lane: Composition,
        file: StateFile,
        past: RecordedPast,
    ) -> None:
        self._planned, self._market, self._options = planned, market, options
        self._lane, self._file, self._past = lane, file, past
        self._outbox = Outbox(past.last["outbox"])
        shadow = LiveShadow(planned.risk, options.latch, options.enabled, options.promoted)
        self.writer = StateWriter(lane.recorder, file, past, self._outbox, shadow, self._stop_of)
        lane.listeners.decision.append(self.writer.judged)
        lane.listeners.signal.append(self.writer.opined)
        lane.listeners.marked.append(self.writer.marked)
        lane.listeners.unkept.append(lambda why: self.tell("checkpoint", why))

    def heartbeat(self, due: Callable[[], float], stop: Callable[[], None]) -> Heartbeat:
        """Return the heartbeat of a run whose data were `due` (monotonic clock) and that `stop` ends."""

        def progress() -> NodeProgress:
            writer = self.writer
            waits = time.monotonic() - max(writer.moved, due()) if writer.moved else 0.0
            return NodeProgress(writer.bars, writer.ts, writer.catching_up, max(0.0, waits))

        options = self._options
        return Heartbeat(
            self._file, self._outbox, options.latch, progress, stop, stall_s=options.stall_s,
            last=self._past.last["switches"],
        )  # fmt: skip

    def identify(self, speed: str) -> None:
        """Write down which node this is, and at which speed it goes."""
        planned, options, market = self._planned, self._options, self._market
        row = (
            options.name, str(planned.config.lane), planned.command, settings_sha256(planned, market),
            speed, market.start, market.end, os.getpid(), time.time_ns(), planned.config.name,
            planned.venue.currency, str(planned.config.start_equity), int(options.synthetic),
            market.sources[0].step.ns, options.feed, market.since,
        )  # fmt: skip
        self._file.write([("node", [row])])

    def beat(self, state: str) -> None:
        """Give a sign of life of a run without a heartbeat of its own."""
        row = (1, time.time_ns(), self.writer.ts, self.writer.bars, state, "")
        self._file.write([("heartbeat", [row])])

    def tell(self, kind: str, sentence: str) -> None:
        """Put a sentence for the operator into the outbox."""
        self._file.write([self._outbox.of(self.writer.ts, kind, sentence)])

    def _stop_of(self, name: str, instrument: str) -> Decimal | None:
        named = (strategy for strategy in self._lane.strategies if strategy.context.name == name)
        return next(named).resting_stop(instrument)


class Connection(Protocol):
    """Where a node's market data come from and where its orders go: a replay with a simulated venue, or a venue.

    It tells the lane's listeners of the node's `start`, of what the `venue` reported, of the `bars` of each moment and
    of the `end`.
    """

    @property
    def speed(self) -> str:
        """The pace of the data, as it is recorded."""

    @property
    def actors(self) -> Sequence[Any]:
        """What it installs in the node."""

    @property
    def due(self) -> float:
        """When the data waited for last were due, by the monotonic clock."""

    def open(self) -> None:
        """Connect, before the node is built."""

    def add_clients(self, builder: LiveNodeBuilder) -> LiveNodeBuilder:
        """Return the builder with the data and the execution client."""

    def balance(self) -> Decimal:
        """Return what the account holds of the lane's currency."""

    def close(self) -> None:
        """Disconnect, when the node has ended."""


class NodeHost:
    """One run of a lane in a live node, over whichever connection; `collect` collects garbage now and then."""

    def __init__(
        self,
        planned: Plan,
        market: Market,
        options: NodeOptions,
        lane: Composition,
        connection: Connection,
        record: NodeRecord,
        collect: Callable[[], None],
    ) -> None:
        self._planned, self._market, self._options = planned, market, options
        self._lane, self._connection, self._record, self._collect = lane, connection, record, collect
        self._stop: Callable[[], None] = lambda: None
        self._error: BaseException | None = None
        self._finished = False
        self._writer = record.writer
        self._heartbeat = record.heartbeat(lambda: self._connection.due, lambda: self._stop())
        listeners = lane.listeners
        listeners.start.append(self._writer.begin)
        listeners.venue.append(self._writer.reported)
        listeners.bars.append(self._bars)
        listeners.end.append(self._end)

    def run(self) -> RunOutcome:
        """Run until the data end, a component fails or the process is told to stop; errors as in `run_paper`."""
        lane, connection = self._lane, self._connection
        self._record.identify(self._connection.speed)
        self._heartbeat.start()
        try:
            connection.open()
            node = self._build()
            self._stop = node.handle().stop
            install(node, lane, connection.actors)
            with within_money_range(lane.recorder, self._planned.config):
                node.run()
                state = self._judge()
            self._heartbeat.stop(state, "")
            stopped = None if self._finished else self._writer.reached(self._market.start)
            if stopped is not None:
                lane.recorder.mark_until(stopped.ts)
            return RunOutcome(lane.recorder, self._writer.bars, lane.gate.closing_orders, stopped)
        except NotRestored:
            self._heartbeat.stop("starting", "")
            raise
        except BaseException as error:
            self._heartbeat.stop("failed", str(error))
            raise
        finally:
            connection.close()
            lane.release()

    def _build(self) -> LiveNode:
        # It reconciles nothing: the venue is born with it. The engine's own risk checks are the venue's: it knows the
        # account's leverage, which the node's copy of the account does not, and denies a list with all of its orders.
        builder = (
            LiveNode.builder("PAPER", TraderId(TRADER), Environment.SANDBOX)
            .with_reconciliation(False)
            .with_logging(LoggerConfig(stdout_level=LogLevel.OFF, print_config=False, bypass_logging=True))
            .with_risk_engine_config(LiveRiskEngineConfig(bypass=True))
            .with_cache_config(CacheConfig(tick_capacity=TICKS))
            .with_timeout_disconnection_secs(2)
            .with_delay_post_stop_secs(0)
        )
        return self._connection.add_clients(builder).build()

    def _bars(self, bars: Sequence[tuple[str, int]]) -> None:
        self._heartbeat.check()
        self._collect()
        self._writer.note(bars)

    def _end(self, error: BaseException | None) -> None:
        self._finished = error is None
        if not isinstance(error, asyncio.CancelledError):
            self._error = error
        self._stop()

    def _judge(self) -> str:
        """End well and return how, or raise why not."""
        if isinstance(self._error, NotRestored):
            raise self._error
        self._lane.faults.raise_first()
        if self._error is not None:
            raise RunFailed(f"the replay broke off: {self._error}") from self._error
        self._heartbeat.check()
        if not self._finished:
            # Perhaps within a bar, with fills on their way that no book has; the next run makes that bar again.
            return "stopped"
        self._lane.recorder.reconcile(self._connection.balance())
        self._writer.finished()
        return "finished"
