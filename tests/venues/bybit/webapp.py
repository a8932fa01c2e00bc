# file: tests/venues/bybit/webapp.py
"""The venue's doors: v5 over HTTP with its envelope, limits and faults, sockets, archives, and admin routes for tests.

POST /admin/fault takes the fields of `Fault`, /admin/clear a `kind`, /admin/advance `seconds`. GET /admin/clock,
/admin/requests, and /admin/{bars,marks,settlements}?category=&symbol=&start=&end= (ms UTC, half open; `interval`)
tell the truth.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Any, NamedTuple

from aiohttp import web

from tests.venues.bybit.archives import FOLDERS, archive, page
from tests.venues.bybit.faults import About, Fault
from tests.venues.bybit.rest import Refused
from tests.venues.bybit.simulation import Simulation

_LIMIT_S = 5.0
_THROTTLED = Refused(10006, "Too many visits. Exceeded the API Rate Limit.")


class Seen(NamedTuple):
    """A request that came: venue time in ms, path, parameters, HTTP status and retCode (None without an envelope)."""

    time: int
    path: str
    params: dict[str, str]
    status: int
    code: int | None


class WebApp:
    """The application. `limit` requests in five real seconds ban the address for `ban_s` (HTTP 403), as Bybit's do."""

    def __init__(self, simulation: Simulation, limit: int | None, ban_s: float) -> None:
        self.requests: list[Seen] = []
        self._simulation = simulation
        self._limit = limit
        self._ban_s = ban_s
        self._recent: deque[float] = deque()

    def application(self) -> web.Application:
        """Return the application with its routes."""
        app = web.Application()
        app.router.add_get("/v5/public/{category}", self._simulation.streams.serve)
        app.router.add_get("/v5/{path:.*}", self._answer)
        app.router.add_get("/{folder:trading|spot}/{symbol}/{name:.*}", self._file)
        app.router.add_post("/admin/{verb}", self._command)
        app.router.add_get("/admin/{verb}", self._told)
        return app

    async def _answer(self, request: web.Request) -> web.Response:
        path, params = request.path, dict(request.query)
        about = About(params.get("category"), params.get("symbol"), path)
        if slow := self._simulation.hit("slow", about):
            await asyncio.sleep(slow.delay)
        self._count()
        now = self._simulation.clock.now()
        status, text = self._obstacle(about) if path in self._simulation.rest.routes else (404, "not found")
        if status != 200:
            self.requests.append(Seen(now, path, params, status, None))
            return web.Response(status=status, text=text)
        code, message, result = 0, "OK", {}
        try:
            if self._simulation.hit("throttle", about):
                raise _THROTTLED
            result = self._simulation.rest.routes[path](params, self._shown(now) if path.endswith("/time") else now)
        except Refused as refused:
            code, message = refused.code, str(refused)
        self.requests.append(Seen(now, path, params, status, code))
        body = {"retCode": code, "retMsg": message, "result": result, "retExtInfo": {}, "time": self._shown(now)}
        return web.json_response(body, headers=self._headers(code, now))

    async def _file(self, request: web.Request) -> web.Response:
        path, now, market = request.path, self._simulation.clock.now(), self._simulation.market
        folder, symbol, name = (request.match_info[part] for part in ("folder", "symbol", "name"))
        text: str | bytes
        status, text = self._obstacle(About(FOLDERS[folder], symbol, path))
        if status == 200:
            body = archive(market, folder, symbol, name, now) if name else page(market, folder, symbol, now)
            status, text = (404, "not found") if body is None else (200, body)
        self.requests.append(Seen(now, path, dict(request.query), status, None))
        kind = "application/gzip" if name else "text/html"
        return web.Response(status=status, body=text, content_type=kind)

    def _obstacle(self, about: About) -> tuple[int, str]:
        """Return the HTTP status and text of an answer that is none, or 200."""
        if self._simulation.hit("ban", about):
            return 403, "access too frequent, please try again in 10 minutes"
        if failed := self._simulation.hit("fail", about):
            return failed.status, "error"
        return 200, ""

    def _headers(self, code: int, now: int) -> dict[str, str]:
        limit = self._limit or 600
        left = 0 if code == _THROTTLED.code else max(1, limit - len(self._recent))
        reset = self._shown(now) + (1_000 if code == _THROTTLED.code else 0)
        return {
            "X-Bapi-Limit": str(limit),
            "X-Bapi-Limit-Status": str(left),
            "X-Bapi-Limit-Reset-Timestamp": str(reset),
        }

    def _shown(self, now: int) -> int:
        skew = self._simulation.hit("skew")
        return now + round(skew.delay * 1_000) if skew else now

    def _count(self) -> None:
        moment = time.monotonic()
        while self._recent and moment - self._recent[0] > _LIMIT_S:
            self._recent.popleft()
        self._recent.append(moment)
        if self._limit is not None and len(self._recent) > self._limit:
            self._recent.clear()
            self._simulation.faults.add(Fault("ban", seconds=self._ban_s))

    async def _command(self, request: web.Request) -> web.Response:
        verb, options = request.match_info["verb"], await request.json() if request.can_read_body else {}
        try:
            if verb == "fault":
                await self._simulation.fault(Fault(**options))
            elif verb == "clear":
                await self._simulation.clear(options.get("kind"))
            elif verb == "advance":
                await self._simulation.advance(float(options["seconds"]))
            else:
                return web.Response(status=404)
        except (KeyError, TypeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({"now": self._simulation.clock.now()})

    async def _told(self, request: web.Request) -> web.Response:
        verb, query, market = request.match_info["verb"], request.query, self._simulation.market
        if verb == "clock":
            return web.json_response({"now": self._simulation.clock.now(), "speed": self._simulation.clock.speed})
        if verb == "requests":
            return web.json_response([seen._asdict() for seen in self.requests])
        truth: dict[str, Any] = {"bars": market.bars, "marks": market.marks, "settlements": market.settlements}
        if verb not in truth:
            return web.Response(status=404)
        interval = [query["interval"]] if "interval" in query else []
        start, end = int(query["start"]), int(query["end"])
        return web.json_response(truth[verb](query["category"], query["symbol"], start, end, *interval))
