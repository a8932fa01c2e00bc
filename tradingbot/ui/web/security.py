# file: ui/web/security.py
"""Security of every request and response: host names, origins, content security policy."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
"""Nothing but what the dashboard itself serves."""

_HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    # With no-referrer a form would name no origin, and could not be distinguished from a foreign one.
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
_LONGEST_BODY = 65_536
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(:\d{1,5})?", re.IGNORECASE)
_STRANGER = "Commands are taken from the dashboard's own pages alone."
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """ASGI middleware: refuse strange hosts and foreign origins, put the headers on whatever is answered.

    `names` are the hosts, without ports, that requests may be for. A header that the answer has already is kept.
    `answered` counts the answers by method and status.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str], tls: bool, answered: Counter[tuple[str, int]]) -> None:
        self._answered = answered
        self._app = app
        self._names = names
        self._extra = {"strict-transport-security": "max-age=31536000"} if tls else {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        begun = False

        async def guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                self._answered[scope["method"] if scope["method"] in _METHODS else "other", message["status"]] += 1
                headers = MutableHeaders(scope=message)
                for name, value in (_HEADERS | self._extra).items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            refused = self._refused(scope)
            await (_answer(*refused) if refused else self._app)(scope, receive, guarded)
        except Exception:
            # What is outside would answer without the headers.
            if not begun:
                await _answer(500, "The dashboard failed; its log says where.")(scope, receive, guarded)
            raise

    def _refused(self, scope: MutableMapping[str, Any]) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if _name(host) not in self._names:
            return 400, "This host name is not one the dashboard is called by; `hosts` in config/runtime.json adds one."
        if scope["method"] in _SAFE:
            return None
        if "transfer-encoding" in headers or int(headers.get("content-length", "0")) > _LONGEST_BODY:
            return 413, f"A body may have {_LONGEST_BODY} bytes, and has to say how many it has."
        own = {f"{scheme}://{host.lower()}" for scheme in ("http", "https")}
        if not {origin.lower() for origin in headers.getlist("origin")} <= own:
            return 403, _STRANGER
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return 403, _STRANGER
        return None


def _name(host: str) -> str:
    """Return a host without its port, or nothing where it is none."""
    match = _HOST.fullmatch(host)
    return match[1].lower() if match else ""


def _answer(code: int, sentence: str) -> JSONResponse:
    return JSONResponse({"detail": sentence}, code)
