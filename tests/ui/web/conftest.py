# file: tests/ui/web/conftest.py
"""One dashboard for a module's tests, in front of a room that every test finds as it was."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.ui.web.webfixture import Room, lane, listening, node
from tradingbot.core.lane import Lane


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Room, httpx.Client]]:
    room = Room(lanes=tuple(lane(name, node()) for name in Lane))
    with listening(room) as client:
        yield room, client


@pytest.fixture
def room(served: tuple[Room, httpx.Client]) -> Iterator[Room]:
    yield served[0]
    fresh = Room(lanes=tuple(lane(name, node()) for name in Lane))
    served[0].__dict__.update(fresh.__dict__)


@pytest.fixture
def client(served: tuple[Room, httpx.Client], room: Room) -> httpx.Client:
    return served[1]
