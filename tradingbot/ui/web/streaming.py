# file: ui/web/streaming.py
"""The route of the stream, and what is in it."""

from __future__ import annotations

import time
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import StreamingResponse

from tradingbot.core.errors import RunFailed
from tradingbot.ui.web.answers import PROBLEMS
from tradingbot.ui.web.desk import Desk
from tradingbot.ui.web.rendering import Renderer
from tradingbot.ui.web.visitors import Viewer, visitor_of

__all__ = ["fragments", "router"]

router = APIRouter(responses=PROBLEMS)


@router.get("/events", include_in_schema=False)
async def events(request: Request, visitor: Viewer) -> StreamingResponse:
    """Send what changes, as server-sent events: `lane`, `feed`, `processes`, and a `beat` each second."""
    state = request.app.state
    if state.hub.crowded(visitor.id):
        raise HTTPException(429, "this session has as many pages open as it may")

    async def lives() -> bool:
        try:
            return await visitor_of(request, state.hands.look) is not None
        except RunFailed:
            return False

    return StreamingResponse(state.hub.stream(visitor.id, lives), media_type="text/event-stream")


def fragments(desk: Desk, renderer: Renderer) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return every part of the dashboard by its id, as the event that brings it."""
    now, found = time.time_ns(), dict[str, tuple[str, dict[str, Any]]]()
    for lane in desk.overview():
        html = renderer.fragment("panel.html", lane=lane, now=now)
        found[f"lane-{lane.lane}"] = ("lane", {"lane": lane.lane.value, "html": html})
    found["feed"] = ("feed", {"html": renderer.fragment("feed.html", feed=desk.feed())})
    supervision = desk.processes()
    found["processes"] = ("processes", {"html": renderer.fragment("processes.html", supervision=supervision, now=now)})
    return found
