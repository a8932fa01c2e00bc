# file: tests/venues/bybit/venue.py
"""Bybit's v5 API on loopback: HTTP and websockets on one port, in a thread of its own.

`with BybitVenue(start_ms, speed=60) as venue:` has `venue.http` and `venue.ws("linear")`. Without a speed its clock
stands, and `venue.advance(seconds)` moves it, sending everything that happens on the way. `venue.market` is the truth,
`venue.bars` what the venue lists of it now. `python -m tests.venues.bybit` runs one as a process.

Let its time stay behind the machine's: Nautilus' client drops bars that close after the machine's clock as unfinished
(so it takes the unfinished one from a venue whose time is behind).
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, NamedTuple, Self

from aiohttp import web

from tests.venues.bybit.clock import VenueClock
from tests.venues.bybit.faults import About, Fault, Faults
from tests.venues.bybit.listings import Listing, listings
from tests.venues.bybit.market import INTERVALS, Kline, Market
from tests.venues.bybit.rest import PublicRest, Refused
from tests.venues.bybit.streams import PublicStreams

_LIMIT = 600  # requests of one address in five real seconds, as Bybit's
_LIMIT_S = 5.0
_PATIENCE_S = 60.0


class Seen(NamedTuple):
    """A request that came: venue time in ms, path, parameters, HTTP status and retCode (None without an envelope)."""

    time: int
    path: str
    params: dict[str, str]
    status: int
    code: int | None


class BybitVenue:
    """The venue. `port` 0 takes a free one; `limit` is requests in five seconds before HTTP 403, None for any."""

    def __init__(
        self,
        start_ms: int,
        speed: float | None = None,
        *,
        seed: int = 1,
        listed: Iterable[Listing] | None = None,
        port: int = 0,
        limit: int | None = _LIMIT,
        ban_s: float = 600.0,
    ) -> None:
        self.market = Market(listings() if listed is None else listed, seed)
        self.clock = VenueClock(start_ms, speed)
        self.faults = Faults()
        self.requests: list[Seen] = []
        self.rest = PublicRest(self.market, self.faults)
        self.streams = PublicStreams(self.market, self.clock, self.faults)
        self.port = port
        self._limit = limit
        self._ban_s = ban_s
        self._recent: deque[float] = deque()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="bybit-venue", daemon=True)

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ws(self, category: str) -> str:
        """Return the URL of a public websocket."""
        return f"ws://127.0.0.1:{self.port}/v5/public/{category}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(_PATIENCE_S)
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_PATIENCE_S)

    def fault(self, kind: str, **options: Any) -> None:
        """Switch a fault on; see `Fault` for kinds and options."""
        self._call(self._fault, Fault(kind, **options))

    def clear(self, kind: str | None = None) -> None:
        """Switch off every fault, or those of one kind."""
        self._call(self._clear, kind)

    def advance(self, seconds: float) -> None:
        """Move a standing clock and hand everything that happens on the way to the sockets."""
        self._call(self._advance, seconds)

    def bars(self, category: str, symbol: str, start: int, end: int, interval: str = "1") -> list[Kline]:
        """Return the closed bars that start in [start, end) ms, as `/v5/market/kline` lists them now."""
        return asyncio.run_coroutine_threadsafe(self._bars(category, symbol, start, end, interval), self._loop).result(
            _PATIENCE_S
        )

    def asked(self, ending: str) -> list[Seen]:
        """Return the requests whose path ends so."""
        return [seen for seen in list(self.requests) if seen.path.endswith(ending)]

    async def _bars(self, category: str, symbol: str, start: int, end: int, interval: str) -> list[Kline]:
        now, step = self.clock.now(), INTERVALS[interval]
        listing = self.market.listings[category, symbol]
        return self.rest.listed(listing, start, min(end, now // step * step), interval, now)

    def _call[A](self, act: Callable[[A], Awaitable[None]], argument: A) -> None:
        async def acting() -> None:
            await act(argument)

        asyncio.run_coroutine_threadsafe(acting(), self._loop).result(_PATIENCE_S)

    async def _fault(self, fault: Fault) -> None:
        self.faults.add(fault)
        if fault.kind == "drop":
            self.streams.drop(fault.category)

    async def _clear(self, kind: str | None) -> None:
        self.faults.clear(kind)

    async def _advance(self, seconds: float) -> None:
        if self.clock.speed is not None:
            raise ValueError("a clock with a speed was advanced by hand; start the venue without one")
        self.clock.advance(seconds)
        await self.streams.flush()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        except BaseException as error:  # noqa: BLE001 - told to whoever waits in __enter__
            self._failure = error
        finally:
            self._ready.set()
            self._loop.close()

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_get("/v5/public/{category}", self.streams.serve)
        app.router.add_get("/v5/{path:.*}", self._answer)
        app.router.add_post("/admin/{verb}", self._admin)
        app.router.add_get("/admin/{verb}", self._told)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port)
        await site.start()
        self.port = runner.addresses[0][1]
        pump = asyncio.create_task(self.streams.run()) if self.clock.speed is not None else None
        self._ready.set()
        try:
            await self._stop.wait()
        finally:
            if pump is not None:
                pump.cancel()
            self.streams.drop(None)
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        now, path, params = self.clock.now(), request.path, dict(request.query)
        about = About(params.get("category"), params.get("symbol"), path)
        if slow := self.faults.hit("slow", now, about):
            await asyncio.sleep(slow.delay)
            now = self.clock.now()
        status, code, message, result = 200, 0, "OK", {}
        self._count()
        if self.faults.hit("ban", now, about):
            self.requests.append(Seen(now, path, params, 403, None))
            return web.Response(status=403, text="access too frequent, please try again in 10 minutes")
        if failed := self.faults.hit("fail", now, about):
            self.requests.append(Seen(now, path, params, failed.status, None))
            return web.Response(status=failed.status, text="internal error")
        if self.faults.hit("throttle", now, about):
            code, message = 10006, "Too many visits. Exceeded the API Rate Limit."
        elif path not in self.rest.routes:
            self.requests.append(Seen(now, path, params, 404, None))
            return web.Response(status=404)
        else:
            try:
                result = self.rest.routes[path](params, self._shown(now) if path.endswith("/time") else now)
            except Refused as refused:
                code, message = refused.code, str(refused)
        self.requests.append(Seen(now, path, params, status, code))
        envelope = {"retCode": code, "retMsg": message, "result": result, "retExtInfo": {}, "time": self._shown(now)}
        left = 0 if code == 10006 else max(1, (self._limit or _LIMIT) - len(self._recent))
        headers = {
            "X-Bapi-Limit": str(self._limit or _LIMIT),
            "X-Bapi-Limit-Status": str(left),
            "X-Bapi-Limit-Reset-Timestamp": str(self._shown(now) + (1_000 if code == 10006 else 0)),
        }
        return web.json_response(envelope, headers=headers)

    def _shown(self, now: int) -> int:
        skew = self.faults.hit("skew", now)
        return now + round(skew.delay * 1_000) if skew else now

    def _count(self) -> None:
        """Count a request; too many in five seconds ban the address, as Bybit does."""
        moment = time.monotonic()
        while self._recent and moment - self._recent[0] > _LIMIT_S:
            self._recent.popleft()
        self._recent.append(moment)
        if self._limit is not None and len(self._recent) > self._limit:
            self._recent.clear()
            self.faults.add(Fault("ban", seconds=self._ban_s))

    async def _admin(self, request: web.Request) -> web.Response:
        options = await request.json() if request.can_read_body else {}
        try:
            if request.match_info["verb"] == "fault":
                await self._fault(Fault(**options))
            elif request.match_info["verb"] == "clear":
                await self._clear(options.get("kind"))
            elif request.match_info["verb"] == "advance":
                await self._advance(float(options["seconds"]))
            else:
                return web.Response(status=404)
        except (KeyError, TypeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({"now": self.clock.now()})

    async def _told(self, request: web.Request) -> web.Response:
        verb, query = request.match_info["verb"], request.query
        if verb == "clock":
            return web.json_response({"now": self.clock.now(), "speed": self.clock.speed})
        if verb == "requests":
            return web.json_response([seen._asdict() for seen in self.requests])
        if verb not in ("bars", "marks", "settlements"):
            return web.Response(status=404)
        key, span = (query["category"], query["symbol"]), (int(query["start"]), int(query["end"]))
        if verb == "settlements":
            return web.json_response(self.market.settlements(*key, *span))
        rows = self.market.marks if verb == "marks" else self.market.bars
        return web.json_response(rows(*key, *span, query.get("interval", "1")))
