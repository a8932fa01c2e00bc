# file: tests/ui/web/testrequest.py
from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.ui.web.webfixture import Room

OPERATOR = {"authorization": "Bearer operator"}
SESSION = {"cookie": "tradingbot=operator"}


@pytest.mark.parametrize("body", [{"json": {"reason": "flood"}}, {"data": {"reason": "flood"}}])
def test_a_reason_comes_as_json_or_as_a_form(client: httpx.Client, room: Room, body: dict[str, Any]) -> None:
    assert client.post("/kill/forex", headers=OPERATOR, **body).status_code == 200
    assert room.asked == [("kill", "forex", "operator", "flood")]


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"reason": "a\x00b"}},
        {"data": {"reason": "two\nlines"}},
        {"data": {"reason": "x" * 501}},
        {"files": {"reason": b"a file"}},
        {"files": {"reason": (None, "flood")}},
        {"content": b"no parts", "headers": {"content-type": "multipart/form-data"}},
        {"content": b'{"reason": "\\ud800"}'},
    ],
)
def test_a_reason_that_is_no_line_is_refused(client: httpx.Client, room: Room, body: dict[str, Any]) -> None:
    headers = OPERATOR | body.pop("headers", {})
    answer = client.post("/kill/forex", headers=headers, **body)
    assert answer.status_code in (400, 422)
    assert answer.json()["detail"]
    assert room.asked == []


def test_a_form_may_bring_its_session_s_word_as_a_field(client: httpx.Client, room: Room) -> None:
    for word in ({}, {"csrf": "other"}):
        refused = client.post("/kill/forex", headers=SESSION, data={"reason": "flood"} | word)
        assert refused.status_code == 403
    assert room.asked == []
    assert client.post("/kill/forex", headers=SESSION, data={"reason": "flood", "csrf": "sesame"}).status_code == 200


def test_a_stranger_is_told_that_first_whatever_the_body_is(client: httpx.Client) -> None:
    for body in (b"{", b"", b"\xff" * 100):
        assert client.post("/kill/forex", content=body).status_code == 401


def test_a_body_without_end_is_not_read(client: httpx.Client, room: Room) -> None:
    assert client.post("/kill/forex", headers=OPERATOR, content=b"x" * 70_000).status_code == 413
    assert client.post("/kill/forex", headers=OPERATOR, content=iter([b"{}"])).status_code == 413
    assert room.asked == []
