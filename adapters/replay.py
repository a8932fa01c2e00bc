# file: adapters/replay.py
"""Replay data client: market data into a live node in lock-step, from a source that may wait, at a chosen speed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterable, Callable, Coroutine, Iterable, Sequence
from typing import Any, Protocol

from nautilus_trader.common import DataActor, DataActorConfig
from nautilus_trader.config import DataClientConfig
from nautilus_trader.live.clients import DataClientFactory, MarketDataClient
from nautilus_trader.model import IndexPriceUpdate, Venue

from tradingbot.core.errors import BadInput

_MOST = 256
"""So many rows go at once, then the loop's other tasks have their turn."""


class ReplayListener(Protocol):
    """What follows each row of the replay beside the node: the venue it trades at, and the record."""

    async def begin(self) -> None:
        """Be ready for the first row: the node has started, all subscriptions are made."""

    async def take(self, rows: Sequence[Any]) -> None:
        """Take rows in before the node does and `send` them on to it, in order; nobody but perhaps the last one's
        subscribers acts on them. Whoever makes the node act meanwhile first lets it catch up."""

    async def after(self, row: Any) -> None:
        """Let the node act on a row that somebody subscribed to, before the next one comes."""

    def end(self, error: BaseException | None) -> None:
        """Hear that nothing more comes, or why it broke off."""


def checked_speed(speed: float | None) -> float | None:
    """Return market seconds per second of the wall, None for as fast as possible. Raises BadInput when it is 0 or
    less."""
    if speed is not None and not speed > 0:
        raise BadInput(f"--speed was {speed:g}, allowed is more than 0, or max")
    return speed


def _acting_on(kind: str) -> Callable[..., Coroutine[Any, Any, None]]:
    async def subscribe(self: ReplayClient, _command: Any) -> None:
        self._acted_on.add(kind)

    return subscribe


class ReplayClient(MarketDataClient):
    """Hand out rows, Nautilus data in time order, at a pace, once the node asks for the first bars. Every row is sent
    whether it was subscribed to or not: the cache holds the quotes that a strategy of bars looks up.

    The listener takes many rows at once, up to one that somebody acts on, or before anything that waits.
    """

    def __init__(self, *, factory: ReplayFactory, name: str, config: DataClientConfig, cache: Any, clock: Any) -> None:
        super().__init__(name=name, config=config, cache=cache, clock=clock, venue=factory.venue)
        self._parts = factory
        self._began = False
        self._behind = False
        self._sent = 0
        self._acted_on = {"Bar"}

    async def _connect(self) -> None:
        for instrument in self._parts.instruments:
            self._handle_instrument(instrument)

    async def _disconnect(self) -> None:
        """Leave nothing open: there is no connection."""

    async def _subscribe_bars(self, command: Any) -> None:
        if not self._began:
            self._began = True
            self.create_task(self._replay(), "replay")

    _subscribe_quotes: Any = _acting_on("QuoteTick")
    _subscribe_trades: Any = _acting_on("TradeTick")
    _subscribe_mark_prices: Any = _acting_on("MarkPriceUpdate")
    _subscribe_funding_rates: Any = _acting_on("FundingRateUpdate")

    async def _as_it_comes(self, command: Any) -> None:
        """Do nothing more: all of it comes anyway."""

    _subscribe_instrument: Any = _as_it_comes
    _subscribe_instruments: Any = _as_it_comes
    _subscribe_index_prices: Any = _as_it_comes
    _unsubscribe_bars: Any = _as_it_comes
    _unsubscribe_quotes: Any = _as_it_comes
    _unsubscribe_trades: Any = _as_it_comes
    _unsubscribe_mark_prices: Any = _as_it_comes
    _unsubscribe_index_prices: Any = _as_it_comes
    _unsubscribe_funding_rates: Any = _as_it_comes

    async def _replay(self) -> None:
        # The engine would let the task die in silence, and the node live on without data.
        try:
            await self._parts.audience.begin()
            await self._rows()
        except BaseException as error:
            self._parts.audience.end(error)
            raise
        self._parts.audience.end(None)

    async def caught_up(self) -> None:
        """Return when the node has handed out all data sent so far: handlers run as it does."""
        if not self._behind:
            return
        instrument, waiting = self._parts.usher.instrument, asyncio.get_running_loop().create_future()
        self._parts.usher.waiting = waiting
        # An index price: the one kind of row that nothing of ours trades by.
        self._handle_data(IndexPriceUpdate(instrument.id, instrument.make_price(1.0), self._sent, self._sent))
        await waiting
        self._behind = False

    def send(self, rows: Sequence[Any]) -> None:
        """Hand rows to the node, which takes them in its own time."""
        for row in rows:
            self._handle_data(row)
            self._behind, self._sent = True, row.ts_init

    async def _rows(self) -> None:
        held: list[Any] = []
        async for batch in self._parts.rows:
            for row in batch:
                if (wait := self._parts.pace.left(row.ts_init)) > 0:
                    await self._take(held)
                    await asyncio.sleep(wait)
                held.append(row)
                if type(row).__name__ in self._acted_on:
                    await self._take(held)
                    await self.caught_up()
                    await self._parts.audience.after(row)
                elif len(held) == _MOST:
                    await self._take(held)
                    await asyncio.sleep(0)
            await self._take(held)

    async def _take(self, held: list[Any]) -> None:
        if held:
            await self._parts.audience.take(held)
            held.clear()


class ReplayMarker(DataActor):
    """Marks how far the node has come in the data: it receives a row that is sent behind each other one."""

    def __new__(cls, *_args: object) -> ReplayMarker:
        return super().__new__(cls)

    def __init__(self, instrument: Any) -> None:
        super().__init__(DataActorConfig())
        self.instrument = instrument
        self.waiting: asyncio.Future[None] | None = None

    def on_start(self) -> None:
        self.subscribe_index_prices(self.instrument.id)

    def on_index_price(self, _mark: Any) -> None:
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_result(None)


class ReplayFactory(DataClientFactory):
    """Make the client of one replay, which keeps to `pace`. Its `usher` must be installed in the node.

    `rows` gives batches of what is there at once; a source that follows a market waits between them. It goes on when
    all of a batch has been acted on.
    """

    def __init__(
        self,
        venue: Venue,
        instruments: Iterable[Any],
        rows: AsyncIterable[Sequence[Any]],
        audience: ReplayListener,
        pace: Pace,
    ) -> None:
        self.venue = venue
        self.instruments = list(instruments)
        self.rows = rows
        self.audience = audience
        self.pace = pace
        self.usher = ReplayMarker(self.instruments[0])
        self.made: list[ReplayClient] = []

    @property
    def client(self) -> ReplayClient:
        return self.made[-1]

    def create(self, *, name: str, config: DataClientConfig, cache: Any, clock: Any) -> ReplayClient:  # type: ignore[override]
        self.made.append(ReplayClient(factory=self, name=name, config=config, cache=cache, clock=clock))
        return self.made[-1]


class Pace:
    """When a moment of the market is due. `speed` is market seconds per second, None for as fast as possible;
    whatever lies before `fast_until` (UTC ns) comes as fast as possible at any speed. `due` is when the row waited for
    last was, by the monotonic clock."""

    def __init__(self, speed: float | None, fast_until: int = 0) -> None:
        self._speed = checked_speed(speed)
        self._fast_until = fast_until
        self._origin: tuple[float, int] | None = None
        self.due = 0.0

    def left(self, ts: int) -> float:
        """Return the seconds until `ts` (ns) is due, 0 or less when it is; the first moment asked for is due at
        once."""
        if self._speed is None or ts <= self._fast_until:
            return 0.0
        if self._origin is None:
            self._origin = time.monotonic(), ts
        began, first = self._origin
        self.due = began + (ts - first) / 1e9 / self._speed
        return self.due - time.monotonic()
