# file: adapters/replay.py
"""Replay data client: market data of the past into a live node, in lock-step or at a chosen speed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Protocol

from nautilus_trader.common import DataActor, DataActorConfig
from nautilus_trader.config import DataClientConfig
from nautilus_trader.live.clients import DataClientFactory, MarketDataClient
from nautilus_trader.model import IndexPriceUpdate, Venue

from tradingbot.core.errors import BadInput

_BREATH = 256


class ReplayListener(Protocol):
    """What follows each row of the replay beside the node: the venue it trades at, and the record."""

    async def begin(self) -> None:
        """Be ready for the first row: the node has started, all subscriptions are made."""

    async def before(self, row: Any) -> None:
        """Take the row in before the node does; whoever makes the node act here first lets it catch up."""

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
    """Hand out `rows`, Nautilus data in time order, at `speed`, once the node asks for the first bars. Every row is
    sent whether it was subscribed to or not: the cache holds the quotes that a strategy of bars looks up."""

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

    async def _rows(self) -> None:
        audience, pace = self._parts.audience, self._parts.pace
        for number, row in enumerate(self._parts.rows):
            await pace.until(row.ts_init)
            await audience.before(row)
            self._handle_data(row)
            self._behind, self._sent = True, row.ts_init
            if type(row).__name__ in self._acted_on:
                await self.caught_up()
                await audience.after(row)
            if not number % _BREATH:
                await asyncio.sleep(0)


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
    """Make the client of one replay, which keeps to `pace`. Its `usher` must be installed in the node."""

    def __init__(
        self, venue: Venue, instruments: Iterable[Any], rows: Iterable[Any], audience: ReplayListener, pace: Pace
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
    """Sleep until a moment of the market is due. `speed` is market seconds per second, None for as fast as possible;
    whatever lies before `fast_until` (UTC ns) comes as fast as possible at any speed. `due` is when the row waited for
    last was, by the monotonic clock."""

    def __init__(self, speed: float | None, fast_until: int = 0) -> None:
        self._speed = checked_speed(speed)
        self._fast_until = fast_until
        self._origin: tuple[float, int] | None = None
        self.due = 0.0

    async def until(self, ts: int) -> None:
        """Return when `ts` (ns) is due; the first moment asked for is due at once."""
        if self._speed is None or ts <= self._fast_until:
            return
        if self._origin is None:
            self._origin = time.monotonic(), ts
        began, first = self._origin
        self.due = began + (ts - first) / 1e9 / self._speed
        wait = self.due - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
