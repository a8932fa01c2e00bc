# file: tests/venues/bybit/streams.py
"""The public websockets of Bybit's v5 API: subscriptions, and what is published as the market's time goes on."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import json
import uuid
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from tests.venues.bybit.clock import VenueClock
from tests.venues.bybit.faults import About, Fault, Faults
from tests.venues.bybit.listings import Listing
from tests.venues.bybit.market import INTERVALS, MINUTE_MS, TICK_MS, TRADE_MS, Kline, Market
from tests.venues.bybit.tickers import ticker

_SPOT_ARGS = 10  # topics a spot request may name
_QUIET = 0.005  # real seconds between two looks at the clock, at least

type Topic = tuple[str, str]  # category, topic


class Connection:
    """One public socket: what it hears, and what waits to be sent to it."""

    def __init__(self, category: str, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.category = category
        self.id = str(uuid.uuid4())
        self.topics: set[str] = set()
        self._socket = socket
        self._request = request
        self._out: asyncio.Queue[str] = asyncio.Queue()

    def send(self, message: str) -> None:
        """Queue a message."""
        self._out.put_nowait(message)

    async def write(self) -> None:
        """Send what is queued until the socket ends."""
        while True:
            text = await self._out.get()
            try:
                if not self._socket.closed:
                    await self._socket.send_str(text)
            except ConnectionError:
                self.topics.clear()
            finally:
                self._out.task_done()

    def forget(self) -> None:
        """Drop what was not sent, so that nobody waits for it."""
        while not self._out.empty():
            self._out.get_nowait()
            self._out.task_done()

    async def drained(self) -> None:
        """Wait until everything queued was handed to the socket."""
        await self._out.join()

    def abort(self) -> None:
        """Cut the connection without a word."""
        self.topics.clear()
        if self._request.transport is not None:
            self._request.transport.abort()


class PublicStreams:
    """Publishes every tick and every closing bar, in the market's order, to whoever subscribed."""

    def __init__(self, market: Market, clock: VenueClock, faults: Faults) -> None:
        self.market = market
        self.clock = clock
        self.faults = faults
        self.connections: set[Connection] = set()
        self._stale = 2 * MINUTE_MS if clock.speed is None else 3 * TICK_MS
        self._done = clock.now()  # everything up to this moment is published
        self._told: dict[Topic, dict[str, str]] = {}
        self._held: dict[Topic, list[str]] = {}
        self._late: list[tuple[int, int, Topic, str]] = []
        self._count = itertools.count(1)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket of `/v5/public/{category}`."""
        category = request.match_info["category"]
        if category not in ("linear", "spot"):
            raise web.HTTPNotFound
        if self.faults.hit("drop", self.clock.now(), About(category)):
            if request.transport is not None:
                request.transport.abort()
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        connection = Connection(category, socket, request)
        self.connections.add(connection)
        writer = asyncio.create_task(connection.write())
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._command(connection, message.data)
        finally:
            self.connections.discard(connection)
            writer.cancel()
            connection.forget()
        return socket

    def drop(self, category: str | None) -> None:
        """Cut the sockets of a category, or all."""
        for connection in list(self.connections):
            if category in (None, connection.category):
                connection.abort()

    async def heard(self, category: str) -> set[str]:
        """Return the topics that sockets of the category are subscribed to."""
        return {topic for each in self.connections if each.category == category for topic in each.topics}

    async def run(self) -> None:
        """Publish as the clock goes."""
        while True:
            self.publish()
            ahead = (self.next_event() - self.clock.now()) / 1_000 / (self.clock.speed or 1.0)
            await asyncio.sleep(max(ahead, _QUIET))

    async def flush(self) -> None:
        """Publish up to now and wait until it was handed to the sockets."""
        self.publish()
        await asyncio.gather(*(connection.drained() for connection in self.connections))

    def next_event(self) -> int:
        """Return when something happens next, ms UTC."""
        tick = self._done // TICK_MS * TICK_MS
        events = [moment for moment in (tick + TRADE_MS, tick + TICK_MS) if moment > self._done]
        return min([*events, *(due for due, *_ in self._late[:1])])

    def publish(self) -> None:
        """Publish everything between the last call and now; of what is old the bars' closes alone."""
        now = self.clock.now()
        while (moment := self.next_event()) <= now:
            if now - moment > self._stale and moment % TICK_MS:
                newest = (now // TICK_MS - 1) * TICK_MS + TRADE_MS
                moment = min(
                    [moment // MINUTE_MS * MINUTE_MS + MINUTE_MS, newest, *(due for due, *_ in self._late[:1])]
                )
            self._done = moment
            while self._late and self._late[0][0] <= moment:
                _, _, topic, message = heapq.heappop(self._late)
                self._send(topic, message)
            if moment % MINUTE_MS == 0:
                self._close(moment)
            elif moment % TICK_MS == TRADE_MS:
                self._tick(moment)

    def _command(self, connection: Connection, text: str) -> None:
        command = json.loads(text)
        args, operation = command.get("args") or [], command.get("op")
        reply = {"success": True, "ret_msg": "", "conn_id": connection.id, "req_id": command.get("req_id", "")}
        wrong = self._wrong(connection.category, operation, args)
        if wrong:
            self._reply(connection, {**reply, "success": False, "ret_msg": wrong, "op": operation})
        elif operation == "ping":
            self._reply(connection, {**reply, "ret_msg": "pong", "op": "ping"})
        elif operation == "unsubscribe":
            connection.topics -= set(args)
            self._reply(connection, {**reply, "op": operation})
        else:
            self._reply(connection, {**reply, "ret_msg": "subscribe", "op": operation})
            for topic in dict.fromkeys(args):
                connection.topics.add(topic)
                self._greet(connection, topic)

    def _reply(self, connection: Connection, message: dict[str, Any]) -> None:
        if not self.faults.hit("mute", self.clock.now(), About(connection.category)):
            connection.send(json.dumps(message))

    def _wrong(self, category: str, operation: object, args: list[str]) -> str:
        if operation not in ("ping", "subscribe", "unsubscribe"):
            return f"error:unknown op {operation}"
        if category == "spot" and len(args) > _SPOT_ARGS:
            return "args size >10"
        unknown = [topic for topic in args if self._parts(category, topic) is None]
        return f"error:handler not found,topic:{unknown[0]}" if unknown else ""

    def _parts(self, category: str, topic: str) -> tuple[str, str, Listing] | None:
        """Return kind, interval or depth, and listing of a topic that there is."""
        kind, _, rest = topic.partition(".")
        middle, _, symbol = rest.rpartition(".")
        listing = self.market.listings.get((category, symbol))
        allowed = {"kline": set(INTERVALS), "orderbook": {"1", "50"}, "tickers": {""}, "publicTrade": {""}}
        return (kind, middle, listing) if listing and middle in allowed.get(kind, set()) else None

    def _greet(self, connection: Connection, topic: str) -> None:
        """Send what a new subscriber gets at once: the state of tickers, books and bars."""
        kind, middle, listing = self._known(connection.category, topic)
        now = self._done
        if kind == "kline":
            step = INTERVALS[middle]
            bar = self.market.unfinished(*listing.key, now // step * step, now)
            self._reply(connection, self._kline(topic, middle, bar, now, confirm=False))
        elif kind == "tickers":
            self._reply(connection, self._ticker(topic, "snapshot", ticker(self.market, listing, now), now))
        elif kind == "orderbook":
            self._reply(connection, self._book(topic, int(middle), listing, now))

    def _known(self, category: str, topic: str) -> tuple[str, str, Listing]:
        parts = self._parts(category, topic)
        if parts is None:
            raise ValueError(f"topic was {topic!r} of {category}, which was never subscribed")
        return parts

    def _heard(self, *kinds: str) -> list[Topic]:
        topics = {(each.category, topic) for each in self.connections for topic in each.topics}
        return sorted(pair for pair in topics if pair[1].partition(".")[0] in kinds)

    def _tick(self, now: int) -> None:
        make: dict[str, Callable[[Topic, str, Listing], dict[str, Any] | None]] = {
            "publicTrade": lambda pair, middle, listing: self._trade(pair[1], listing, now),
            "orderbook": lambda pair, middle, listing: self._book(pair[1], int(middle), listing, now),
            "tickers": lambda pair, middle, listing: self._change(pair, listing, now),
            "kline": lambda pair, middle, listing: self._growing(pair[1], middle, listing, now),
        }
        for pair in self._heard(*make):
            kind, middle, listing = self._known(*pair)
            message = make[kind](pair, middle, listing)
            if message is not None:
                self._send(pair, json.dumps(message))

    def _growing(self, topic: str, interval: str, listing: Listing, now: int) -> dict[str, Any]:
        start = now // INTERVALS[interval] * INTERVALS[interval]
        return self._kline(topic, interval, self.market.unfinished(*listing.key, start, now), now, confirm=False)

    def _close(self, now: int) -> None:
        """Send the closing message of every bar that ends now, as the faults let it."""
        for pair in self._heard("kline"):
            _, interval, listing = self._known(*pair)
            step = INTERVALS[interval]
            if now % step:
                continue
            (bar,) = self.market.bars(*listing.key, now - step, now, interval)
            self._confirm(pair, listing, bar, json.dumps(self._kline(pair[1], interval, bar, now, confirm=True)))

    def _confirm(self, pair: Topic, listing: Listing, bar: Kline, message: str) -> None:
        about = About(*listing.key, path=pair[1], start=bar.start)

        def hit(kind: str) -> Fault | None:
            return self.faults.hit(kind, self._done, about)

        if (pair[1].startswith("kline.1.") and hit("missing")) or hit("lost"):
            return
        if late := hit("late"):
            due = self._done + round(late.delay * 1_000)
            heapq.heappush(self._late, (due, next(self._count), pair, message))
            return
        if hit("swap"):
            self._held.setdefault(pair, []).append(message)
            return
        for text in [message, *([message] if hit("duplicate") else []), *self._held.pop(pair, [])]:
            self._send(pair, text)

    def _send(self, pair: Topic, message: str) -> None:
        category, topic = pair
        if self.faults.hit("mute", self.clock.now(), About(category)):
            return
        for connection in self.connections:
            if connection.category == category and topic in connection.topics:
                connection.send(message)

    def _stamp(self, now: int) -> int:
        skew = self.faults.hit("skew", now)
        return now + round(skew.delay * 1_000) if skew else now

    def _kline(self, topic: str, interval: str, bar: Kline, now: int, *, confirm: bool) -> dict[str, Any]:
        row = {
            "start": bar.start,
            "end": bar.start + INTERVALS[interval] - 1,
            "interval": interval,
            **{name: getattr(bar, name) for name in ("open", "close", "high", "low", "volume", "turnover")},
            "confirm": confirm,
            "timestamp": now - 1 if confirm else now,
        }
        return {"topic": topic, "data": [row], "ts": self._stamp(now), "type": "snapshot"}

    def _ticker(self, topic: str, kind: str, data: dict[str, str], now: int) -> dict[str, Any]:
        number = next(self._count)
        return {"topic": topic, "type": kind, "data": data, "cs": number, "ts": self._stamp(now)}

    def _change(self, pair: Topic, listing: Listing, now: int) -> dict[str, Any]:
        """Return what changed of a perpetual's ticker since the last message; a pair's ticker is always whole."""
        row = ticker(self.market, listing, now)
        if listing.category == "spot":
            return self._ticker(pair[1], "snapshot", row, now)
        before, self._told[pair] = self._told.get(pair, {}), row
        changed = {name: value for name, value in row.items() if before.get(name) != value}
        return self._ticker(pair[1], "delta", {"symbol": listing.symbol, **changed}, now)

    def _trade(self, topic: str, listing: Listing, now: int) -> dict[str, Any]:
        trade = self.market.newest(listing, now)
        row = {
            "T": trade.time,
            "s": listing.symbol,
            "S": trade.side,
            "v": listing.sizes.text(trade.lots),
            "p": listing.prices.text(trade.price),
            "L": "PlusTick",
            "i": trade.id,
            "BT": False,
            "RPI": False,
            "seq": next(self._count),
        }
        return {"topic": topic, "type": "snapshot", "ts": self._stamp(now), "data": [row]}

    def _book(self, topic: str, depth: int, listing: Listing, now: int) -> dict[str, Any]:
        bids, asks = self.market.book(listing, now, depth)
        number = next(self._count)
        data = {
            "s": listing.symbol,
            "b": [[listing.prices.text(price), listing.sizes.text(size)] for price, size in bids],
            "a": [[listing.prices.text(price), listing.sizes.text(size)] for price, size in asks],
            "u": number,
            "seq": number,
        }
        return {"topic": topic, "type": "snapshot", "ts": self._stamp(now), "data": data, "cts": now}
