# file: ui/web/request.py
"""Requests: the body of a command, who asks, and whether they may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from operator import attrgetter
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field, ValidationError

from tradingbot.core.messages.accessview import Kind, Role, Visitor
from tradingbot.operations.accounts import access
from tradingbot.ui.web.operations import Pool, ThreadPools

_FORM = "application/x-www-form-urlencoded"
_KINDS = ("application/json", _FORM)


class ReasonBody(BaseModel):
    """Why, in one line that is kept on record."""

    reason: str = Field(default="", max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")


REASON_BODY: dict[str, Any] = {
    "requestBody": {"content": {kind: {"schema": ReasonBody.model_json_schema()} for kind in _KINDS}}
}
"""The body in the OpenAPI document."""


async def form_of(request: Request) -> Mapping[str, Any] | None:
    """Return the fields of a form; None where the body is none. One with files is none: nothing here takes any."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return await request.form() if kind == _FORM else None


async def _reason(request: Request) -> str:
    form = await form_of(request)
    try:
        if form is not None:
            return ReasonBody.model_validate({"reason": form.get("reason", "")}).reason
        body = await request.body()
        return ReasonBody.model_validate_json(body).reason if body.strip() else ""
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=False)
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in errors]) from error


Reason = Annotated[str, Depends(_reason)]
"""Why a command is given; it stands behind who gives it in a route, so that strangers are refused first."""


_CSRF = "x-csrf-token"
_LONGEST = 512

# For the OpenAPI document alone; `visitor_of` reads the header.
_Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]


class NotAuthenticated(Exception):
    """Nobody has shown who they are."""


def cookie_name(tls: bool) -> str:
    """Return the name of the session's cookie; with TLS browsers hold it to this host alone."""
    return "__Host-tradingbot" if tls else "tradingbot"


def session_of(request: Request) -> str:
    """Return the session's secret that came along, or nothing."""
    return request.cookies.get(cookie_name(request.app.state.settings.tls), "")[:_LONGEST]


async def visitor_of(request: Request, pool: Pool) -> Visitor | None:
    """Return who asks, by bearer token or session, or nothing; RunFailed when that cannot be known."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind:
        return await pool(access.bearer, token.strip()[:_LONGEST]) if kind.lower() == "bearer" else None
    secret = session_of(request)
    return await pool(access.who, secret) if secret else None


def _needs(role: Role, pool: Callable[[ThreadPools], Pool], commands: bool) -> Callable[..., Awaitable[Visitor]]:
    async def check(request: Request, _token: _Bearer = None) -> Visitor:
        visitor = await visitor_of(request, pool(request.app.state.pools))
        if visitor is None:
            raise NotAuthenticated
        if not visitor.role.allows(role):
            raise HTTPException(403, f"{visitor.name} is {visitor.role}, allowed is {role}")
        if commands and visitor.kind is Kind.SESSION and not access.csrf_ok(visitor, await _csrf_of(request)):
            raise HTTPException(403, f"the header {_CSRF} was not this session's; load the page again")
        return visitor

    return check


async def _csrf_of(request: Request) -> str:
    form = await form_of(request)
    word = request.headers.get(_CSRF) or ("" if form is None else form.get("csrf", ""))
    return word[:_LONGEST] if isinstance(word, str) else ""


Viewer = Annotated[Visitor, Depends(_needs(Role.VIEWER, attrgetter("look"), commands=False))]
"""Whoever may see."""

Member = Annotated[Visitor, Depends(_needs(Role.VIEWER, attrgetter("command"), commands=True))]
"""Whoever has a session or a token, to change what is their own."""

Operator = Annotated[Visitor, Depends(_needs(Role.OPERATOR, attrgetter("switch"), commands=True))]
"""Whoever may command lanes."""

Admin = Annotated[Visitor, Depends(_needs(Role.ADMIN, attrgetter("command"), commands=True))]
"""Whoever may say what trades and who may come in."""
