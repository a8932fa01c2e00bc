# file: ui/web/routes/views.py
"""Routes that read: dashboard, lanes, diffs, validations, registry; JSON or HTML by Accept."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path as File
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from pydantic import BaseModel

from tradingbot.core.errors import BadInput
from tradingbot.core.lane import Lane
from tradingbot.core.messages.accessview import Role, SessionView
from tradingbot.core.messages.candidateview import RegistryRow, TrialRow, TrialTotals, ValidationView
from tradingbot.core.messages.feedview import FeedView
from tradingbot.core.messages.laneview import FeedItem, LaneView
from tradingbot.core.messages.livediff import LiveDiff
from tradingbot.core.messages.processview import Supervision
from tradingbot.operations import registry as registrations
from tradingbot.operations import trials as ledger
from tradingbot.operations import validation as validations
from tradingbot.operations.accounts import access
from tradingbot.operations.status import feedreader, livediff, overview
from tradingbot.ui.web.request import Viewer
from tradingbot.ui.web.responses import PROBLEMS, page, wants_html

router = APIRouter(responses=PROBLEMS)

CANDIDATE = r"^[A-Za-z0-9][A-Za-z0-9_.@+=:-]{0,79}$"
"""What a candidate's name looks like in a path."""

Strategy = Annotated[str, Path(pattern=CANDIDATE, description="A candidate's name.")]
_HTML: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}
_REPORT_CSP = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline';"
    " img-src data: blob:; frame-ancestors 'none'; base-uri 'none'"
)
"""A report is one file with its scripts inside: it runs in an origin of its own, which no session belongs to."""


class Overview(BaseModel):
    """Everything at a glance."""

    now: int
    lanes: tuple[LaneView, ...]
    feed: tuple[FeedItem, ...]
    supervision: Supervision
    feeds: tuple[FeedView, ...]


class Lineage(BaseModel):
    """Where candidates come from."""

    registry: tuple[RegistryRow, ...]
    trials: tuple[TrialRow, ...]
    totals: TrialTotals
    validated: tuple[str, ...]


class Sessions(BaseModel):
    """Sessions that live, newest first."""

    sessions: tuple[SessionView, ...]


class Curve(BaseModel):
    """The equity of a node: (milliseconds since 1970, equity)."""

    node: str
    currency: str
    start_equity: float
    points: tuple[tuple[int, float], ...]


@router.get("/", include_in_schema=False)
async def home(request: Request, visitor: Viewer) -> Response:
    """Show the dashboard."""
    return page(request, "dashboard.html", visitor=visitor, **(await _overview(request)).__dict__)


@router.get("/status", response_model=Overview, responses=_HTML)
async def status(request: Request, visitor: Viewer) -> Any:
    """Return the four lanes with their nodes, what happened last, the processes, and the live feeds."""
    overview_now = await _overview(request)
    if wants_html(request):
        return page(request, "dashboard.html", visitor=visitor, **overview_now.__dict__)
    return overview_now


@router.get("/status/{asset}", response_model=LaneView, responses=_HTML)
async def lane(request: Request, asset: Lane, visitor: Viewer) -> Any:
    """Return one lane."""
    overview_now = await _overview(request)
    (one,) = (view for view in overview_now.lanes if view.lane is asset)
    shown = overview_now.__dict__ | {"lanes": (one,)}
    return page(request, "dashboard.html", visitor=visitor, **shown) if wants_html(request) else one


@router.get("/diff/{asset}", response_model=LiveDiff, responses=_HTML)
async def diff(
    request: Request, asset: Lane, visitor: Viewer, last: Annotated[int, Query(ge=1, le=1_000)] = 100
) -> Any:
    """Return what live would have placed against what paper did."""
    compared = await request.app.state.pools.look(livediff.diff, asset, last)
    return page(request, "diff.html", visitor=visitor, diff=compared, lane=asset) if wants_html(request) else compared


@router.get("/validation/{strategy}", response_model=ValidationView, responses=_HTML)
async def validation(
    request: Request, strategy: Strategy, visitor: Viewer, part: Annotated[bool, Query()] = False
) -> Any:
    """Return a candidate's last validation; `part` asks for what a dialog shows of it."""
    view = await _validation(request, strategy)
    if part:
        return Response(request.app.state.renderer.fragment("criteria.html", view=view), media_type="text/html")
    return page(request, "validation.html", visitor=visitor, view=view) if wants_html(request) else view


@router.get("/validation/{strategy}/report", response_class=FileResponse, responses=_HTML)
async def report(request: Request, strategy: Strategy, visitor: Viewer) -> Response:
    """Return the report of the last validation, one HTML file."""
    view = await _validation(request, strategy)
    if not view.html or not File(view.html).is_file():
        raise HTTPException(404, f"the last validation of {strategy} left no page")
    return FileResponse(view.html, media_type="text/html", headers={"content-security-policy": _REPORT_CSP})


@router.get("/registry", response_model=Lineage, responses=_HTML)
async def registry(request: Request, visitor: Viewer) -> Any:
    """Return every candidate's state, and the trials that were spent."""
    look = request.app.state.pools.look
    rows, trials, totals, candidates = await asyncio.gather(
        look(registrations.registry), look(ledger.trials), look(ledger.totals), look(validations.candidates)
    )
    if not wants_html(request):
        return Lineage(registry=rows, trials=trials, totals=totals, validated=candidates)
    return page(
        request, "registry.html", visitor=visitor, rows=rows, trials=trials, totals=totals, candidates=candidates
    )


@router.get("/sessions", response_model=Sessions, responses=_HTML)
async def sessions(request: Request, visitor: Viewer) -> Any:
    """Return who is in: to an admin everybody, to others themselves."""
    everybody = await request.app.state.pools.look(access.sessions)
    own = tuple(one for one in everybody if visitor.role is Role.ADMIN or one.name == visitor.name)
    if not wants_html(request):
        return Sessions(sessions=own)
    return page(request, "sessions.html", visitor=visitor, sessions=own, now=time.time_ns())


@router.get("/curve/{node}", response_model=Curve)
async def curve(request: Request, node: Annotated[str, Path(pattern=r"^[\w.-]{1,80}$")], visitor: Viewer) -> Any:
    """Return the equity curve of a node, for a larger chart."""
    for lane_view in await request.app.state.pools.look(overview.overview):
        for view in lane_view.nodes:
            if view.name == node:
                points = tuple((ts // 1_000_000, value) for ts, value in view.curve)
                return Curve(node=node, currency=view.currency, start_equity=float(view.start_equity), points=points)
    raise HTTPException(404, f"there is no node {node}")


@router.get("/openapi.json", include_in_schema=False)
async def openapi(request: Request, visitor: Viewer) -> dict[str, Any]:
    """Return all routes for machines."""
    document: dict[str, Any] = request.app.openapi()
    return document


@router.get("/favicon.ico", include_in_schema=False)
async def icon() -> Response:
    """Point to the icon."""
    return RedirectResponse("/static/icon.svg", 308)


async def _overview(request: Request) -> Overview:
    look = request.app.state.pools.look
    lanes, feed, supervision, feeds = await asyncio.gather(
        look(overview.overview), look(overview.feed), look(overview.processes), look(feedreader.feeds)
    )
    now = time.time_ns()
    return Overview.model_construct(now=now, lanes=lanes, feed=feed, supervision=supervision, feeds=feeds)


async def _validation(request: Request, strategy: str) -> ValidationView:
    try:
        view: ValidationView = await request.app.state.pools.look(validations.validation, strategy)
    except BadInput as error:
        raise HTTPException(404, str(error)) from error
    return view
