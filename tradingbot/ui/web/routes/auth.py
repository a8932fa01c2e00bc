# file: ui/web/routes/auth.py
"""Routes to log in and out, and to make the first admin. Forms, so that they need no script."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.messages.accessview import Denied
from tradingbot.operations.accounts import access
from tradingbot.ui.web.request import Member, cookie_name, session_of, visitor_of
from tradingbot.ui.web.responses import page

router = APIRouter(include_in_schema=False)

Secret = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,128}$")]
Name = Annotated[str, Form(max_length=128)]
Password = Annotated[str, Form(max_length=1_024)]


@router.get("/login")
async def ask(request: Request) -> Response:
    """Show the form, or the dashboard to whoever is in already."""
    look = request.app.state.pools.look
    if await visitor_of(request, look) is not None:
        return RedirectResponse("/", 303)
    return page(request, "login.html", visitor=None, error="", setup=await look(access.needs_setup))


@router.post("/login")
async def enter(request: Request, name: Name = "", password: Password = "") -> Response:
    """Begin a session of whoever knows the password."""
    state = request.app.state
    address = request.client.host if request.client else ""
    agent = request.headers.get("user-agent", "")[:200]
    answer = await state.pools.login(access.login, name, password, address, agent)
    if isinstance(answer, Denied):
        shown = page(
            request, "login.html", 429 if answer.wait_s else 401, visitor=None, error=answer.sentence, setup=False
        )
        if answer.wait_s:
            shown.headers["retry-after"] = str(answer.wait_s)
        return shown
    inside = RedirectResponse("/", 303)
    inside.set_cookie(
        cookie_name(state.settings.tls), answer.secret, max_age=answer.seconds, path="/", secure=state.settings.tls,
        httponly=True, samesite="strict",
    )  # fmt: skip
    return inside


@router.post("/logout")
async def leave(request: Request, visitor: Member) -> Response:
    """End the session that asks."""
    state = request.app.state
    await state.pools.command(access.logout, session_of(request))
    outside = JSONResponse({"sentence": f"{visitor.name} is logged out"})
    outside.delete_cookie(cookie_name(state.settings.tls), path="/", secure=state.settings.tls, httponly=True)
    return outside


@router.get("/setup/{secret}")
async def begin(request: Request, secret: Secret) -> Response:
    """Show the form for the first admin, as long as the link is good."""
    if not await request.app.state.pools.look(access.setup_open, secret):
        raise PolicyRefused(
            "this link is good no more; starting the dashboard anew prints another while there is no account"
        )
    return page(request, "setup.html", visitor=None, secret=secret, error="")


@router.post("/setup/{secret}")
async def finish(request: Request, secret: Secret, name: Name = "", password: Password = "") -> Response:
    """Make the first admin, and send them to the login."""
    try:
        await request.app.state.pools.login(access.setup, secret, name, password)
    except BadInput as error:
        return page(request, "setup.html", 422, visitor=None, secret=secret, error=str(error))
    return RedirectResponse("/login", 303)
