# file: tests/ui/web/testsecurity.py
from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import nullcontext
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from tradingbot.ui.web.security import CSP, Guard

NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
Answer = tuple[int, dict[str, str], Counter[tuple[str, int]]]


async def _works(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"cache-control", b"mine")]})
    await send({"type": "http.response.body", "body": b""})


async def _raises(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise ValueError("broken")


def asked(method: str = "POST", tls: bool = False, app: Any = _works, **headers: str) -> Answer:
    """Ask the guard of an app; `_` in a header's name stands for `-`."""
    sent: list[Message] = []
    counted: Counter[tuple[str, int]] = Counter()

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    raw = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": "/", "headers": raw}
    # What was raised goes on to whoever writes the log.
    with pytest.raises(ValueError, match="broken") if app is _raises else nullcontext():
        asyncio.run(Guard(app, NAMES, tls, counted)(scope, receive, send))
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], found, counted


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8420", "LOCALHOST:1", "[::1]", "[::1]:8420"])
def test_a_name_it_is_called_by_is_answered_with_any_port(host: str) -> None:
    assert asked(host=host)[0] == 200


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "127.0.0.1.evil.example", "127.0.0.1:evil", "[::1", "[::1]x", "127.0.0.1:8420:1", "::1"],
)  # fmt: skip
def test_another_name_is_refused(host: str) -> None:
    assert asked("GET", host=host)[0] == 400


def test_no_name_is_refused() -> None:
    assert asked("GET")[0] == 400


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8420", "https://127.0.0.1:8420", "HTTP://127.0.0.1:8420"])
def test_a_command_from_its_own_page_is_let_through(origin: str) -> None:
    assert asked(host="127.0.0.1:8420", origin=origin, sec_fetch_site="same-origin")[0] == 200


@pytest.mark.parametrize(
    "origin",
    ["null", "", "http://[", "http://evil.example", "http://127.0.0.1", "http://127.0.0.1:8421", "127.0.0.1:8420",
     "http://evil.example@127.0.0.1:8420", "http://127.0.0.1:8420/", "\xff"],
)  # fmt: skip
def test_a_command_from_another_page_is_refused_and_a_look_is_not(origin: str) -> None:
    assert asked(host="127.0.0.1:8420", origin=origin)[0] == 403
    assert asked("GET", host="127.0.0.1:8420", origin=origin)[0] == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "odd"])
def test_a_command_that_the_browser_says_is_foreign_is_refused(site: str) -> None:
    assert asked(host="localhost", sec_fetch_site=site)[0] == 403


def test_a_long_body_and_one_of_unknown_length_are_not_read() -> None:
    assert asked(host="localhost", content_length="65536")[0] == 200
    assert asked(host="localhost", content_length="65537")[0] == 413
    assert asked(host="localhost", transfer_encoding="chunked")[0] == 413


@pytest.mark.parametrize("app", [_works, _raises])
def test_every_answer_has_the_headers_a_failure_too(app: Any) -> None:
    status, headers, counted = asked(app=app, host="localhost")
    assert status == (200 if app is _works else 500)
    assert headers["content-security-policy"] == CSP
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cache-control"] == ("mine" if app is _works else "no-store")
    assert "strict-transport-security" not in headers
    assert counted == {("POST", status): 1}


def test_with_tls_browsers_are_told_to_stay_with_it() -> None:
    assert asked(tls=True, host="localhost")[1]["strict-transport-security"] == "max-age=31536000"


def test_odd_methods_are_counted_together() -> None:
    assert asked("BREW", host="localhost")[2] == {("other", 200): 1}


def test_nothing_is_allowed_that_is_not_named() -> None:
    assert CSP.startswith("default-src 'none'; script-src 'self'; style-src 'self'; ")
    assert "unsafe" not in CSP
    assert {"form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} <= set(CSP.split("; "))
