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
from collections.abc import Coroutine, Iterable
from typing import Any, Self

from aiohttp import web

from tests.venues.bybit.clock import VenueClock
from tests.venues.bybit.faults import Fault
from tests.venues.bybit.listings import Listing, listings
from tests.venues.bybit.market import Kline
from tests.venues.bybit.simulation import Simulation
from tests.venues.bybit.webapp import Seen, WebApp

_PATIENCE_S = 60.0


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
        limit: int | None = 600,
        ban_s: float = 600.0,
    ) -> None:
        self.port = port
        self.clock = VenueClock(start_ms, speed)
        self._simulation = Simulation(listings() if listed is None else listed, self.clock, seed)
        self.market = self._simulation.market
        self._web = WebApp(self._simulation, limit, ban_s)
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="bybit-venue", daemon=True)

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def requests(self) -> list[Seen]:
        """Every request so far, in order."""
        return list(self._web.requests)

    def ws(self, category: str) -> str:
        """Return the URL of a public websocket."""
        return f"ws://127.0.0.1:{self.port}/v5/public/{category}"

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(_PATIENCE_S) or self._failure is not None:
            raise RuntimeError("the loopback venue did not start") from self._failure
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_PATIENCE_S)
        if self._failure is not None:
            raise RuntimeError("the loopback venue broke") from self._failure

    def fault(self, kind: str, **options: Any) -> None:
        """Switch a fault on; see `Fault` for kinds and options."""
        self._call(self._simulation.fault(Fault(kind, **options)))

    def clear(self, kind: str | None = None) -> None:
        """Switch off every fault, or those of one kind."""
        self._call(self._simulation.clear(kind))

    def advance(self, seconds: float) -> None:
        """Move a standing clock and hand everything that happens on the way to the sockets."""
        self._call(self._simulation.advance(seconds))

    def bars(self, category: str, symbol: str, start: int, end: int, interval: str = "1") -> list[Kline]:
        """Return the closed bars that start in [start, end) ms, as `/v5/market/kline` lists them now."""
        return self._call(self._simulation.bars(category, symbol, start, end, interval))

    def asked(self, ending: str) -> list[Seen]:
        """Return the requests whose path ends so."""
        return [seen for seen in self.requests if seen.path.endswith(ending)]

    def subscribed(self, category: str, *topics: str) -> None:
        """Wait until sockets of the category are subscribed to the topics; TimeoutError names what is missing."""
        end = time.monotonic() + _PATIENCE_S
        while missing := set(topics) - self._call(self._simulation.streams.heard(category)):
            if time.monotonic() > end:
                raise TimeoutError(f"nobody subscribed to {', '.join(sorted(missing))} of {category}")
            time.sleep(0.01)

    def _call[A](self, work: Coroutine[Any, Any, A]) -> A:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        except BaseException as error:  # noqa: BLE001 - raised again where the test enters or leaves
            self._failure = error
        finally:
            self._ready.set()
            self._loop.close()

    async def _serve(self) -> None:
        runner = web.AppRunner(self._web.application(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        self.port = runner.addresses[0][1]
        work: list[asyncio.Task[Any]] = [asyncio.create_task(self._stop.wait())]
        if self.clock.speed is not None:
            work.append(asyncio.create_task(self._simulation.streams.run()))
        self._ready.set()
        try:
            done, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in work:
                task.cancel()
            self._simulation.streams.drop(None)
            await runner.cleanup()
