# file: tests/ui/web/routes/teststream.py
from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx

from tests.ui.web.webfixture import Room, lane, listening, node
from tradingbot.core.errors import RunFailed
from tradingbot.core.lane import Lane

VIEWER = {"cookie": "tradingbot=viewer"}


def told(answer: httpx.Response) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the events of a stream as they come."""
    name = ""
    for line in answer.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def until(events: Iterator[tuple[str, dict[str, Any]]], wanted: str, holds: str = "") -> dict[str, Any]:
    return next(values for name, values in events if name == wanted and holds in json.dumps(values))


def test_an_open_page_is_told_everything_and_then_what_changes() -> None:
    room = Room()
    with listening(room) as client, client.stream("GET", "/events", headers=VIEWER) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = told(answer)
        assert 'id=\\"feed\\"' in json.dumps(until(events, "feed"))
        assert until(events, "beat")["wall_ms"] > 0
        room.lanes = (lane(Lane.FOREX, node(), killed=True),)
        room.state = "2"
        assert until(events, "lane", "killed")["lane"] == "forex"


def test_two_pages_see_the_same_and_one_that_comes_later_all_of_it() -> None:
    room = Room()
    with listening(room) as client, client.stream("GET", "/events", headers=VIEWER) as first:
        until(told(first), "processes")
        with client.stream("GET", "/events", headers=VIEWER) as second:
            assert until(told(second), "lane", "lane-options")


def test_a_session_that_is_revoked_is_told_no_more() -> None:
    room = Room()
    with listening(room) as client, client.stream("GET", "/events", headers=VIEWER) as answer:
        events = told(answer)
        until(events, "beat")
        room.gone.add("viewer")
        assert until(events, "ended") == {}
        assert list(events) == []


def test_what_cannot_be_read_is_said_and_looked_at_again() -> None:
    room = Room(fails=RunFailed("the home is gone"))
    with listening(room) as client, client.stream("GET", "/events", headers=VIEWER) as answer:
        events = told(answer)
        assert until(events, "trouble") == {"sentence": "the home is gone"}
        room.fails = None
        assert until(events, "lane")["lane"] == "cryptospot"


def test_what_broke_is_said_and_no_page_takes_itself_for_fresh() -> None:
    room = Room(fails=ValueError("odd"))
    with listening(room) as client, client.stream("GET", "/events", headers=VIEWER) as answer:
        events = told(answer)
        assert next(events) == ("trouble", {"sentence": "ValueError: odd"})
        room.fails = None
        assert next(events)[0] == "lane"
        assert until(events, "beat")["wall_ms"] > 0


def test_a_trouble_that_is_over_is_not_told_to_who_comes_later() -> None:
    room = Room(fails=RunFailed("the home is gone"))
    with listening(room) as client, client.stream("GET", "/events", headers=VIEWER) as first:
        events = told(first)
        until(events, "trouble")
        room.fails = None
        until(events, "beat")
        with client.stream("GET", "/events", headers=VIEWER) as second:
            later = told(second)
            names = [next(later)[0] for _ in range(7)]
    assert names == ["lane"] * 4 + ["feed", "processes", "beat"]


def test_a_session_has_only_so_many_pages_and_nobody_has_none() -> None:
    room = Room()
    with listening(room) as client:
        assert client.get("/events", headers={"accept": "application/json"}).status_code == 401
        answers = []
        heard = []  # httpx closes a stream whose reader is let go of
        try:
            for _ in range(16):
                answer = client.send(client.build_request("GET", "/events", headers=VIEWER), stream=True)
                answers.append(answer)
                assert answer.status_code == 200
                heard.append(told(answer))
                until(heard[-1], "beat")
            assert client.get("/events", headers=VIEWER).status_code == 429
        finally:
            for answer in answers:
                answer.close()


def test_open_pages_do_not_keep_it_from_ending() -> None:
    with listening(Room()) as client:
        answer = client.send(client.build_request("GET", "/events", headers=VIEWER), stream=True)
        until(told(answer), "beat")
