# file: ui/web/responses.py
"""Responses: JSON or HTML by Accept, and errors in a sentence of either kind."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.routing import Match, Route

from tradingbot.core.errors import BadInput, PolicyRefused, RunFailed, TradingbotError
from tradingbot.core.lane import Lane
from tradingbot.ui.web.request import NotAuthenticated


class Problem(BaseModel):
    """Why something was not done."""

    detail: str


class Sentence(BaseModel):
    """What was done."""

    sentence: str


PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem, "description": HTTPStatus(code).phrase}
    for code in (400, 401, 403, 404, 409, 422, 429, 503)
}
"""What any route may answer instead, for the OpenAPI document."""


def wants_html(request: Request) -> bool:
    """Return whether the answer is for a person: a browser names text/html first, a script does not."""
    accept = request.headers.get("accept", "")
    html, json = accept.find("text/html"), accept.find("application/json")
    return html >= 0 and (json < 0 or html < json)


def page(request: Request, name: str, code: int = 200, **context: Any) -> HTMLResponse:
    """Return a page of the renderer; see its templates for what each needs."""
    return HTMLResponse(request.app.state.renderer.page(name, path=request.url.path, **context), code)


def install_error_handlers(app: FastAPI) -> None:
    """Let whatever is raised become an answer."""

    async def unknown(request: Request, _error: Exception) -> Response:
        if wants_html(request):
            return RedirectResponse("/login", 303)
        return JSONResponse({"detail": "log in, or show a bearer token"}, 401, {"www-authenticate": "Bearer"})

    async def explain(request: Request, error: Exception) -> Response:
        code, detail = _code(error), str(error)
        if isinstance(error, StarletteHTTPException):
            detail = str(error.detail)
        if isinstance(error, RequestValidationError):
            code, detail = _unfit(error)
        headers = {"allow": _allowed(request)} if code == 405 else getattr(error, "headers", None)
        if wants_html(request):
            answer: Response = page(request, "error.html", code, visitor=None, status=code, sentence=detail)
            answer.headers.update(headers or {})
            return answer
        return JSONResponse({"detail": detail}, code, headers)

    app.add_exception_handler(NotAuthenticated, unknown)
    for kind in (TradingbotError, StarletteHTTPException, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, explain)


def _code(error: Exception) -> int:
    if isinstance(error, StarletteHTTPException):
        return error.status_code
    kinds = ((PolicyRefused, 409), (BadInput, 422), (RequestValidationError, 422), (RunFailed, 503))
    return next((code for kind, code in kinds if isinstance(error, kind)), 503)


def _allowed(request: Request) -> str:
    """Return the methods of all routes of a path; one route would name its own alone."""
    # FastAPI keeps the routes of a router that was included there.
    parts = [getattr(one, "original_router", None) for one in request.app.routes]
    routes = [*request.app.routes, *(route for part in parts if part is not None for route in part.routes)]
    fitting = [route for route in routes if isinstance(route, Route) and route.matches(request.scope)[0] != Match.NONE]
    return ", ".join(sorted({method for route in fitting for method in route.methods or ()}))


def _unfit(error: RequestValidationError) -> tuple[int, str]:
    for problem in error.errors():
        if problem["loc"] == ("path", "asset"):
            *first, last = Lane
            return 404, f"there is no lane {problem['input']!r:.40}; allowed is {', '.join(first)} or {last}"
    return 422, "; ".join(map(_phrase, error.errors()))


def _phrase(problem: Any) -> str:
    return f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
