# file: ui/web/visitors.py
"""Who asks, and whether they may: the one place that decides it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from tradingbot.core.messages.accessview import Kind, Role, Visitor
from tradingbot.ui.web.bodies import form_of
from tradingbot.ui.web.desk import Desk
from tradingbot.ui.web.hands import Hands

__all__ = ["Admin", "Member", "NotKnown", "Operator", "Viewer", "cookie_name", "session_of", "visitor_of"]

_CSRF = "x-csrf-token"
_LONGEST = 512

_Ask = Callable[..., Awaitable[Any]]
# For the OpenAPI document alone; `visitor_of` reads the header.
_Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]


class NotKnown(Exception):
    """Nobody has shown who they are."""


def cookie_name(tls: bool) -> str:
    """Return the name of the session's cookie; with TLS browsers hold it to this host alone."""
    return "__Host-tradingbot" if tls else "tradingbot"


def session_of(request: Request) -> str:
    """Return the session's secret that came along, or nothing."""
    return request.cookies.get(cookie_name(request.app.state.settings.tls), "")[:_LONGEST]


async def visitor_of(request: Request, hands: Callable[..., Awaitable[Visitor | None]]) -> Visitor | None:
    """Return who asks, by bearer token or session, or nothing; RunFailed when that cannot be known."""
    desk: Desk = request.app.state.desk
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind:
        return await hands(desk.bearer, token.strip()[:_LONGEST]) if kind.lower() == "bearer" else None
    secret = session_of(request)
    return await hands(desk.who, secret) if secret else None


def _needs(role: Role, hands: Callable[[Hands], _Ask], commands: bool) -> Callable[..., Awaitable[Visitor]]:
    async def check(request: Request, _token: _Bearer = None) -> Visitor:
        ask = hands(request.app.state.hands)
        visitor = await visitor_of(request, ask)
        if visitor is None:
            raise NotKnown
        if not visitor.role.allows(role):
            raise HTTPException(403, f"{visitor.name} is {visitor.role}, allowed is {role}")
        if commands and visitor.kind is Kind.SESSION:
            desk: Desk = request.app.state.desk
            if not desk.csrf_ok(visitor, await _csrf_of(request)):
                raise HTTPException(403, f"the header {_CSRF} was not this session's; load the page again")
        return visitor

    return check


async def _csrf_of(request: Request) -> str:
    form = await form_of(request)
    told = request.headers.get(_CSRF) or ("" if form is None else form.get("csrf", ""))
    return told[:_LONGEST] if isinstance(told, str) else ""


Viewer = Annotated[Visitor, Depends(_needs(Role.VIEWER, lambda hands: hands.look, commands=False))]
"""Whoever may see."""

Member = Annotated[Visitor, Depends(_needs(Role.VIEWER, lambda hands: hands.command, commands=True))]
"""Whoever has a session or a token, to change what is their own."""

Operator = Annotated[Visitor, Depends(_needs(Role.OPERATOR, lambda hands: hands.switch, commands=True))]
"""Whoever may command lanes."""

Admin = Annotated[Visitor, Depends(_needs(Role.ADMIN, lambda hands: hands.command, commands=True))]
"""Whoever may say what trades and who may come in."""
