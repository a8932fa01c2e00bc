# file: tests/venues/bybit/testwebapp.py
from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.venues.bybit.market import MINUTE_MS
from tests.venues.bybit.venue import BybitVenue

START = 1_780_012_800_000 + 90_500
KLINE = {"category": "linear", "symbol": "BTCUSDT", "interval": "1", "limit": "1"}


@pytest.fixture
def venue() -> Iterator[BybitVenue]:
    with BybitVenue(START, limit=10) as venue:
        yield venue


def _get(venue: BybitVenue, path: str, **params: Any) -> httpx.Response:
    return httpx.get(f"{venue.http}{path}", params=params)


def _post(venue: BybitVenue, verb: str, **body: Any) -> httpx.Response:
    return httpx.post(f"{venue.http}/admin/{verb}", json=body)


def test_the_envelope_and_the_limits_are_the_venues(venue: BybitVenue) -> None:
    answer = _get(venue, "/v5/market/time")
    assert answer.json() == {
        "retCode": 0,
        "retMsg": "OK",
        "result": {"timeSecond": str(START // 1_000), "timeNano": str(START * 1_000_000)},
        "retExtInfo": {},
        "time": START,
    }
    assert (answer.headers["X-Bapi-Limit"], answer.headers["X-Bapi-Limit-Status"]) == ("10", "9")


def test_faults_by_count_are_spent_on_the_paths_they_name(venue: BybitVenue) -> None:
    venue.fault("throttle", count=1, path="/kline")
    venue.fault("fail", count=1, path="/kline", status=502)
    statuses = [_get(venue, "/v5/market/time").status_code]
    for _ in range(3):
        answer = _get(venue, "/v5/market/kline", **KLINE)
        statuses.append(answer.json()["retCode"] if answer.status_code == 200 else answer.status_code)
    assert statuses == [200, 502, 10006, 0]
    assert [(seen.status, seen.code) for seen in venue.asked("/kline")] == [(502, None), (200, 10006), (200, 0)]
    assert venue.requests[-1].params == KLINE


def test_a_skewed_server_tells_another_time_and_the_same_bars(venue: BybitVenue) -> None:
    before = _get(venue, "/v5/market/kline", **KLINE).json()["result"]
    venue.fault("skew", delay=-90)
    assert _get(venue, "/v5/market/time").json()["result"]["timeSecond"] == str((START - 90_000) // 1_000)
    assert _get(venue, "/v5/market/kline", **KLINE).json()["result"] == before


def test_who_asks_too_often_is_banned(venue: BybitVenue) -> None:
    assert [_get(venue, "/v5/market/time").status_code for _ in range(12)] == [200] * 10 + [403] * 2
    venue.clear("ban")
    assert _get(venue, "/v5/market/time").status_code == 200


def test_a_slow_answer_takes_its_time(venue: BybitVenue) -> None:
    venue.fault("slow", delay=0.2, count=1)
    began = time.monotonic()
    assert _get(venue, "/v5/market/time").status_code == 200
    assert time.monotonic() - began >= 0.2


def test_an_unknown_path_is_not_found(venue: BybitVenue) -> None:
    assert _get(venue, "/v5/market/nosuch").status_code == 404


def test_tests_in_another_process_command_and_ask_by_admin(venue: BybitVenue) -> None:
    hidden = {"start_ms": START - START % MINUTE_MS, "end_ms": START - START % MINUTE_MS + MINUTE_MS}
    assert _post(venue, "fault", kind="missing", **hidden).json() == {"now": START}
    assert _post(venue, "advance", seconds=60).json() == {"now": START + 60_000}
    assert _get(venue, "/admin/clock").json() == {"now": START + 60_000, "speed": None}
    span = {"category": "linear", "symbol": "BTCUSDT", "start": hidden["start_ms"], "end": hidden["end_ms"]}
    truth = venue.market.bars("linear", "BTCUSDT", hidden["start_ms"], hidden["end_ms"])
    assert _get(venue, "/admin/bars", **span).json() == [list(bar) for bar in truth]
    assert venue.bars("linear", "BTCUSDT", hidden["start_ms"], hidden["end_ms"]) == []
    _post(venue, "clear", kind="missing")
    assert venue.bars("linear", "BTCUSDT", hidden["start_ms"], hidden["end_ms"]) == truth
    assert _get(venue, "/admin/requests").json() == []


def test_a_fault_that_there_is_not_is_refused(venue: BybitVenue) -> None:
    answer = _post(venue, "fault", kind="earthquake")
    assert (answer.status_code, answer.json()["error"].split(",")[0]) == (400, "fault was 'earthquake'")
