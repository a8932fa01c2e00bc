# file: core/runtime/replay/lockstep.py
"""Lock-step replay: a node's connection to the past, row by row in the order in which the backtest engine lets things
happen.
"""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_right
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from nautilus_trader.config import DataClientConfig, ExecutionClientConfig
from nautilus_trader.live import LiveNodeBuilder
from nautilus_trader.model import Bar, Venue
from nautilus_trader.trading import Strategy

from adapters.replay import Pace, ReplayFactory
from adapters.sandbox import SandboxFactory, VenueEvent
from tradingbot.core.execution.marketclock import MarketClock
from tradingbot.core.progress import Progress
from tradingbot.core.runtime.checkpoint.checkpoint import (
    AccountView,
    Checkpoint,
    Unkeepable,
    take_checkpoint,
    unkept,
    unrest,
)
from tradingbot.core.runtime.checkpoint.holdings import holdings_of
from tradingbot.core.runtime.checkpoint.store import CheckpointKeeper
from tradingbot.core.runtime.composition import Composition
from tradingbot.core.runtime.feed import Seams, feed_of
from tradingbot.core.runtime.market import Market, Plan
from tradingbot.core.runtime.replay.simulatedvenue import SimulatedVenue
from tradingbot.core.stateful import Stateful
from tradingbot.core.time import DAY, SECOND

_POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class ReplaySource:
    """Which rows a node is given: those after its `checkpoint`, or all, as far as they are there.

    `speed` is market seconds per second, None for full speed, at which rows until `fast_until` (UTC ns) come anyway.
    `watermark` says up to which moment rows are there when they come from a feed; without it all are, until the end.
    """

    checkpoint: Checkpoint | None = None
    speed: float | None = None
    fast_until: int = 0
    watermark: Callable[[], int] | None = None


class LockStepReplay:
    """Data of the catalog and a simulated venue, moved by one market clock.

    Of each row: first alerts that are due, then the venue, whose events the node acts on, then the row itself, on which
    it acts. Rows of which nothing comes go to the venue in one call and to the node in another: to change threads costs
    more than a row. A checkpoint is kept by the `keeper` one latency after each UTC midnight at which the lane is at
    rest. `progress` hears (days done, days in all).
    """

    def __init__(
        self,
        planned: Plan,
        market: Market,
        lane: Composition,
        clock: MarketClock,
        source: ReplaySource,
        keeper: CheckpointKeeper | None,
        progress: Progress,
    ) -> None:
        self.speed = "max" if source.speed is None else f"{source.speed:g}"
        self._planned, self._market, self._lane = planned, market, lane
        self._time, self._source, self._keeper, self._progress = clock, source, keeper, progress
        self._feed, self._seams = feed_of(planned, market), Seams()
        # What a feed hands on comes at its own pace.
        self._pace = Pace(None if source.watermark else source.speed, source.fast_until)
        self._due = 0.0
        self._venue = SimulatedVenue()
        self._settled_at = 0
        self._closed: list[tuple[str, int]] = []
        self._signals = {str(bar_type) for bar_type in lane.strategies[0].context.bar_types.values()}
        self._orders = SandboxFactory(
            Venue(str(market.instruments[0].id.venue)), planned.venue.currency, self._venue, self._unsolicited,
            lambda events: None if lane.reenactment.on else lane.listeners.venue(events),
        )  # fmt: skip
        self._data = ReplayFactory(self._orders.venue, market.instruments, self._rows(), self, self._pace)
        lane.listeners.order.append(lambda event: self._orders.client.heard(event))
        lane.reenactment.expected = source.checkpoint is not None
        if source.checkpoint is not None:
            lane.gate.forget_calls_until(source.checkpoint.ts)

    @property
    def actors(self) -> Sequence[Any]:
        """What marks how far the node has come in the data."""
        return [self._data.usher]

    @property
    def due(self) -> float:
        """When the row waited for last was due, by the monotonic clock."""
        return max(self._pace.due, self._due)

    def open(self) -> None:
        """Open the simulated venue."""
        resumed = self._source.checkpoint
        equity = self._planned.config.start_equity if resumed is None else resumed.start
        self._venue.open(self._planned, self._market, self._lane, equity)

    def add_clients(self, builder: LiveNodeBuilder) -> LiveNodeBuilder:
        """Return the builder with the replay's and the simulated venue's clients."""
        with_data = builder.add_data_client("REPLAY", self._data, DataClientConfig())
        return with_data.add_exec_client("SANDBOX", self._orders, ExecutionClientConfig())

    def balance(self) -> Decimal:
        """Return what the account holds once everything on its way has happened."""
        return self._account().balance

    def close(self) -> None:
        """Close the simulated venue."""
        self._venue.close()

    async def begin(self) -> None:
        """Let the node act on the account's opening, and make it what the checkpoint says it was."""
        await self._settled()
        if self._source.checkpoint is not None:
            with self._source.checkpoint.restoring():
                await self._restore(self._source.checkpoint)
        if self._keeper is not None and (why := unkept(self._lane)):
            self._keep_nothing(why)
        self._lane.listeners.start()

    async def take(self, rows: Sequence[Any]) -> None:
        """Ring what is due before each row, then move the clock, the venue and the node on to it."""
        if self._closed and rows[0].ts_init <= self._closed[-1][1] < rows[-1].ts_init:
            # Of the closed bar's own moment come others still, such as quotes of contracts.
            later = bisect_right(rows, self._closed[-1][1], key=lambda row: row.ts_init)
            await self.take(rows[:later])
            rows = rows[later:]
        self._note(rows[0].ts_init)
        while rows:
            await self._ring(rows[0].ts_init)
            taken, events = self._venue.step(rows, self._time)
            if events:
                self._data.client.send(rows[: taken - 1])
                await self._pass_on(events)
                self._data.client.send(rows[taken - 1 : taken])
            else:
                self._data.client.send(rows[:taken])
            rows = rows[taken:]

    async def after(self, row: Any) -> None:
        """Let the node act on a row."""
        if self._lane.sender.sent != self._settled_at or self._orders.client.restless:
            await self._settled()
        self._lane.faults.raise_first()
        # Others are what orders meet in `fast`: strategies do not hear them, so they are no step of the node.
        if isinstance(row, Bar) and str(row.bar_type) in self._signals:
            self._closed.append((str(row.bar_type.instrument_id), row.ts_init))

    def end(self, error: BaseException | None) -> None:
        """Say that no more rows come, or why."""
        if error is None:
            self._note(self._market.end + 1)
        self._lane.listeners.end(error)

    async def _rows(self) -> AsyncIterator[Sequence[Any]]:
        resumed, end = self._source.checkpoint, self._market.end
        at = began = self._market.start if resumed is None else resumed.ts
        while at < end:
            ready = await self._ready(at)
            for chunk in self._feed.days(at, ready, self._seams):
                self._lane.tape.load(chunk.strips)
                yield chunk.rows
                at = chunk.until
                self._note(at + 1)
                self._lane.recorder.mark_until(at + 1)
                if chunk.seam:
                    await self._keep(chunk.seam, at)
                # At a feed's edge there is no end to come nearer to.
                if self._source.watermark is None or at < ready:
                    self._progress((at - began) // DAY, max(1, (min(end, ready) - began) // DAY))

    async def _ready(self, at: int) -> int:
        """Return until when rows are there, once some after `at` are."""
        if self._source.watermark is None:
            return self._market.end
        step = self._market.sources[0].step.ns / SECOND / (self._source.speed or 1.0)
        self._due = time.monotonic() + 2 * step
        while (until := self._source.watermark()) <= at:
            await asyncio.sleep(_POLL_S)
        return min(until, self._market.end)

    async def _keep(self, close: int, ts: int) -> None:
        if self._keeper is None:
            return
        await self._data.client.caught_up()
        await self._settled()
        seen, venue = self._account(), self._venue
        why = unrest(self._lane, venue, seen.motion, ts)
        if self._seams.tried(not why):
            self._lane.listeners.unkept(f"no checkpoint could be kept for a day: {why}")
        if why:
            return
        others = {"feed": self._feed, **self._keeper.parts}
        take = partial(take_checkpoint, self._lane, venue, seen, close, ts, self._feed.memory, others)
        try:
            self._keeper.keep(seen.held.live, take)
        except Unkeepable as error:
            self._keep_nothing(str(error))

    def _keep_nothing(self, why: str) -> None:
        self._keeper = None
        self._lane.listeners.unkept(why)

    async def _restore(self, checkpoint: Checkpoint) -> None:
        script = checkpoint.script(self._lane, self._planned.venue.latency_ms * 1_000_000)
        script.prepare(self._lane.reenactment)
        for step in script:
            if step.quote is not None:
                await self.take([step.quote])
            else:
                self._time.move(step.ts)
                await self._pass_on(self._venue.tick(step.ts))
            if step.ask is not None:
                step.ask()
                await self._settled()
        await self._data.client.caught_up()
        await self._settled()
        others: dict[str, Stateful] = {"feed": self._feed, **(self._keeper.parts if self._keeper else {})}
        others["venue"] = self._venue
        checkpoint.load(self._lane, others)
        checkpoint.check(self._account().balance, self._account().held, holdings_of(self._lane.strategies[0].cache))

    def _account(self) -> AccountView:
        return self._venue.account(self._planned.venue.currency, self._planned.config.start_equity)

    def _note(self, now: int) -> None:
        """Say which bars all have acted on, when nothing more comes of their moment."""
        if self._closed and self._closed[-1][1] < now:
            closed, self._closed = self._closed, []
            self._lane.listeners.bars(closed)

    async def _ring(self, ts: int) -> None:
        while (alert := self._time.due(ts)) is not None:
            self._time.move(alert.ts)
            await self._pass_on(self._venue.tick(alert.ts))
            await self._data.client.caught_up()
            alert.call(alert)
            await self._settled()

    async def _pass_on(self, events: list[VenueEvent]) -> None:
        if events:
            await self._data.client.caught_up()
            self._orders.client.tell(events)
            await self._settled()

    async def _settled(self) -> None:
        sent = self._lane.sender.sent
        await self._orders.client.settled(partial(Strategy.query_account, self._lane.strategies[0]))
        self._settled_at = sent

    def _unsolicited(self, event: Any) -> None:
        """Let a strategy hear of an order the venue made itself: an expiry, a liquidation."""
        for strategy in self._lane.strategies:
            if strategy.context.name == str(event.strategy_id):
                strategy.on_order_event(event)
