# file: tests/proofs/testopenapi.py
"""What is made from the OpenAPI document finds no 5xx, no answer that is not declared, and no way to write unknown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks as told

from tests.ui.web.webfixture import Room, lane, listening, node
from tradingbot.core.lane import Lane

_EXAMPLES = 20
_CHECKS = [
    schemathesis.checks.not_a_server_error,
    told.status_code_conformance,
    told.content_type_conformance,
    told.response_schema_conformance,
]


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Room, httpx.Client]]:
    room = Room(lanes=tuple(lane(name, node()) for name in Lane))
    with listening(room) as client:
        yield room, client


def operations(client: httpx.Client) -> list[Any]:
    document = client.get("/openapi.json", headers={"authorization": "Bearer viewer"}).json()
    schema: Any = schemathesis.openapi.from_dict(document)
    return [found.ok() for found in schema.get_all_operations()]


def drive(client: httpx.Client, operation: Any, mode: GenerationMode, headers: dict[str, str]) -> list[tuple[str, int]]:
    """Send what schemathesis makes of an operation, and hold every answer against the document."""
    answers: list[tuple[str, int]] = []

    @settings(
        max_examples=_EXAMPLES, derandomize=True, database=None, deadline=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode) | st.nothing())
    def driven(case: Any) -> None:
        response = case.call(base_url=str(client.base_url), headers=headers)
        answers.append((case.method, response.status_code))
        case.validate_response(response, checks=_CHECKS)

    driven()
    return answers


@pytest.mark.parametrize("mode", GenerationMode)
def test_whatever_an_admin_sends_is_answered_as_the_document_says(
    served: tuple[Room, httpx.Client], mode: GenerationMode
) -> None:
    room, client = served
    codes = set()
    for operation in operations(client):
        codes |= {code for _, code in drive(client, operation, mode, {"authorization": "Bearer admin"})}
    assert max(codes) < 500
    assert (200 in codes) if mode is GenerationMode.POSITIVE else (422 in codes)
    assert room.asked or mode is GenerationMode.NEGATIVE


@pytest.mark.parametrize("token", ["", "nobody", "viewer"])
def test_nothing_that_is_sent_writes_for_who_may_not(served: tuple[Room, httpx.Client], token: str) -> None:
    room, client = served
    room.asked.clear()
    headers = {"authorization": f"Bearer {token}"} if token else {}
    for operation in operations(client):
        if operation.method.upper() == "POST":
            answers = drive(client, operation, GenerationMode.POSITIVE, headers)
            assert {code for _, code in answers} <= {400, 401, 403, 404, 422}
    assert room.asked == []
