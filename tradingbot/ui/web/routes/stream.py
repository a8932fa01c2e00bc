# file: ui/web/routes/stream.py
"""Server-sent events: what changed, rendered once and pushed to every open page."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import StreamingResponse

from tradingbot.core.errors import RunFailed, TradingbotError
from tradingbot.operations.status import feedreader, overview
from tradingbot.ui.web.operations import Pool
from tradingbot.ui.web.rendering import Renderer
from tradingbot.ui.web.request import Viewer, visitor_of
from tradingbot.ui.web.responses import PROBLEMS

_LOOK_S = 0.04
_BEAT_S = 1.0
_CHECK_S = 3.0
_FRESH_S = 2.0
_TROUBLE = "trouble"

_LOG = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Listener:
    """An open page. What it has not taken yet is replaced by what is newer, so that a slow one is never behind."""

    owner: str
    waiting: dict[str, str] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, key: str, text: str) -> None:
        """Have something sent."""
        self.waiting[key] = text
        self.news.set()


class Hub:
    """One look at the state for however many pages are open, and none while there is none.

    `render` gives the fragments by their ids, each an event's name and its values.
    """

    def __init__(
        self,
        look: Pool,
        render: Callable[[], dict[str, tuple[str, dict[str, Any]]]],
        most: int = 16,
    ) -> None:
        self._run = look
        self._render = render
        self._most = most
        self._open: set[Listener] = set()
        self._last: dict[str, str] = {}
        self._task: asyncio.Task[None] | None = None
        self._looked = 0.0
        self._closed = False

    def close(self) -> None:
        """End every stream, and at once those that would begin."""
        self._closed = True
        for listener in self._open:
            listener.news.set()

    def crowded(self, owner: str) -> bool:
        """Whether a session has as many pages open as it may."""
        return sum(listener.owner == owner for listener in self._open) >= self._most

    async def stream(self, owner: str, lives: Callable[[], Awaitable[bool]]) -> AsyncIterator[str]:
        """Yield the events of an open page, until its session ends; `lives` says whether it does.

        There is a `beat` as long as the state was read a moment ago: a page that hears none knows that it is old.
        """
        listener = Listener(owner, dict(self._last))
        if listener.waiting:
            listener.news.set()
        self._open.add(listener)
        if self._task is None:
            self._task = asyncio.create_task(self._look())
        checked = time.monotonic()
        try:
            while not self._closed:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(listener.news.wait(), _BEAT_S)
                if time.monotonic() - checked > _CHECK_S:
                    checked = time.monotonic()
                    if not await lives():
                        yield _event("ended", {})
                        return
                listener.news.clear()
                waiting, listener.waiting = listener.waiting, {}
                yield "".join([*waiting.values(), self._beat()])
        finally:
            self._open.discard(listener)
            if not self._open and self._task is not None:
                self._task.cancel()
                self._task = None
                self._last = {}

    def _beat(self) -> str:
        if time.monotonic() - self._looked > _FRESH_S:
            return ": nothing could be read of late\n\n"
        return _event("beat", {"wall_ms": time.time_ns() // 1_000_000})

    async def _look(self) -> None:
        """Look until nobody listens. What cannot be read is said as it is, and read again."""
        seen = ""
        while True:
            try:
                version = await self._run(overview.version)
                if version != seen or time.monotonic() - self._looked > _BEAT_S:
                    rendered = await self._run(self._render)
                    seen, self._looked = version, time.monotonic()
                    self._last.pop(_TROUBLE, None)
                    self._spread(rendered)
            except TradingbotError as error:
                self._troubled(str(error))
            except Exception as error:  # noqa: BLE001 - whatever it is, no open page may look fresh
                _LOG.exception("the dashboard's pages could not be renewed")
                self._troubled(f"{type(error).__name__}: {error}")
                await asyncio.sleep(_BEAT_S)
            await asyncio.sleep(_LOOK_S)

    def _troubled(self, sentence: str) -> None:
        self._spread({_TROUBLE: (_TROUBLE, {"sentence": sentence})})

    def _spread(self, rendered: dict[str, tuple[str, dict[str, Any]]]) -> None:
        for key, (name, values) in rendered.items():
            text = _event(name, values)
            if self._last.get(key) != text:
                self._last[key] = text
                for listener in self._open:
                    listener.tell(key, text)


def _event(name: str, values: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(values)}\n\n"


router = APIRouter(responses=PROBLEMS)


@router.get("/events", include_in_schema=False)
async def events(request: Request, visitor: Viewer) -> StreamingResponse:
    """Send what changes, as server-sent events: `lane`, `feed`, `processes`, and a `beat` each second."""
    state = request.app.state
    if state.hub.crowded(visitor.id):
        raise HTTPException(429, "this session has as many pages open as it may")

    async def lives() -> bool:
        try:
            return await visitor_of(request, state.pools.look) is not None
        except RunFailed:
            return False

    return StreamingResponse(state.hub.stream(visitor.id, lives), media_type="text/event-stream")


def fragments(renderer: Renderer) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return every part of the dashboard by its id, as the event that brings it."""
    now, events = time.time_ns(), dict[str, tuple[str, dict[str, Any]]]()
    for lane in overview.overview():
        html = renderer.fragment("panel.html", lane=lane, now=now)
        events[f"lane-{lane.lane}"] = ("lane", {"lane": lane.lane.value, "html": html})
    events["feed"] = ("feed", {"html": renderer.fragment("feed.html", feed=overview.feed())})
    html = renderer.fragment("processes.html", supervision=overview.processes(), feeds=feedreader.feeds(), now=now)
    events["processes"] = ("processes", {"html": html})
    return events
