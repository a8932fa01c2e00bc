# file: core/runtime/replay/lockstep.py
"""Lock-step replay: a node's connection to the past, row by row in the order in which the backtest engine lets things
happen.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
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
from tradingbot.core.runtime.composition import Composition
from tradingbot.core.runtime.feed import feed_of
from tradingbot.core.runtime.market import Market, Plan
from tradingbot.core.runtime.replay.simulatedvenue import SimulatedVenue


class LockStepReplay:
    """Data of the catalog and a simulated venue, moved by one market clock.

    Of each row: first alerts that are due, then the venue, whose events the node acts on, then the row itself, on which
    it acts. Rows of which nothing comes go to the venue in one call and to the node in another: to change threads costs
    more than a row. `progress` hears (chunks done, chunks in all).
    """

    def __init__(
        self,
        planned: Plan,
        market: Market,
        lane: Composition,
        time: MarketClock,
        speed: float | None,
        fast_until: int,
        progress: Progress,
    ) -> None:
        self.speed = "max" if speed is None else f"{speed:g}"
        self._planned, self._market, self._lane = planned, market, lane
        self._time, self._progress = time, progress
        self._pace = Pace(speed, fast_until)
        self._venue = SimulatedVenue()
        self._settled_at = 0
        self._signals = {str(bar_type) for bar_type in lane.strategies[0].context.bar_types.values()}
        self._orders = SandboxFactory(
            Venue(str(market.instruments[0].id.venue)), planned.venue.currency, self._venue, self._unsolicited,
            lane.listeners.venue,
        )  # fmt: skip
        self._data = ReplayFactory(self._orders.venue, market.instruments, self._rows(), self, self._pace)
        lane.listeners.order.append(lambda event: self._orders.client.heard(event))

    @property
    def actors(self) -> Sequence[Any]:
        """What marks how far the node has come in the data."""
        return [self._data.usher]

    @property
    def due(self) -> float:
        """When the row waited for last was due, by the monotonic clock."""
        return self._pace.due

    def open(self) -> None:
        """Open the simulated venue."""
        self._venue.open(self._planned, self._market, self._lane)

    def add_clients(self, builder: LiveNodeBuilder) -> LiveNodeBuilder:
        """Return the builder with the replay's and the simulated venue's clients."""
        with_data = builder.add_data_client("REPLAY", self._data, DataClientConfig())
        return with_data.add_exec_client("SANDBOX", self._orders, ExecutionClientConfig())

    def balance(self) -> Decimal:
        """Return what the account holds once everything on its way has happened."""
        return self._venue.balance(self._planned.venue.currency, self._planned.config.start_equity)

    def close(self) -> None:
        """Close the simulated venue."""
        self._venue.close()

    async def begin(self) -> None:
        """Let the node act on the account's opening."""
        self._lane.listeners.start()
        await self._settled()

    async def take(self, rows: Sequence[Any]) -> None:
        """Ring what is due before each row, then move the clock, the venue and the node on to it."""
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
            self._lane.listeners.bar(str(row.bar_type.instrument_id), row.ts_init)

    def end(self, error: BaseException | None) -> None:
        """Say that no more rows come, or why."""
        self._lane.listeners.end(error)

    async def _rows(self) -> AsyncIterator[Sequence[Any]]:
        feed = feed_of(self._planned, self._market)
        for number, chunk in enumerate(feed, start=1):
            self._lane.tape.load(chunk.strips)
            yield chunk.rows
            self._lane.recorder.mark_until(chunk.until + 1)
            self._progress(number, feed.chunks)

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
