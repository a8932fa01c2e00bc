# file: tests/adapters/testbybithttp.py
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from adapters import bybithttp
from adapters.bybithttp import BybitHttp
from tests.venues.bybit.venue import BybitVenue
from tradingbot.core.config import venues
from tradingbot.core.errors import RunFailed

START = 1_780_012_890_500
TIME = "/v5/market/time"


@pytest.fixture
def venue() -> Iterator[BybitVenue]:
    with BybitVenue(START, limit=None) as venue:
        yield venue


def http(venue: BybitVenue, **settings: Any) -> BybitHttp:
    wanted = {"environment": "mainnet", "http": venue.http, "requests_per_second": 100, "patience_s": 30}
    return BybitHttp(venues.BybitVenue(**wanted | settings))


@pytest.mark.parametrize(
    "fault", [{"kind": "throttle"}, {"kind": "fail"}, {"kind": "fail", "status": 503}, {"kind": "fail", "status": 429}]
)
def test_what_a_later_request_mends_is_asked_again(venue: BybitVenue, fault: dict[str, Any]) -> None:
    venue.fault(**fault, count=2)
    with http(venue) as client:
        assert client.get(TIME)["time"] == START
    assert len(venue.requests) == 3


def test_patience_ends_with_what_was_last_and_how_often(venue: BybitVenue) -> None:
    venue.fault("throttle")
    with (
        http(venue, patience_s=0.6) as client,
        pytest.raises(RunFailed, match=r"gave no answer in 2 requests, the last one was answered with 10006"),
    ):
        client.get(TIME)
    with (
        http(venue, http="http://127.0.0.1:9", patience_s=0) as client,
        pytest.raises(RunFailed, match=r"^http://127.0.0.1:9/v5/market/time gave no answer in 1 requests, .* failed"),
    ):
        client.get(TIME)


def test_a_ban_ends_everything_at_once(venue: BybitVenue) -> None:
    venue.fault("ban")
    with http(venue) as client:
        for _ in range(2):
            with pytest.raises(RunFailed, match=r"refused with HTTP 403: .* It stays shut for ten minutes"):
                client.get(TIME)
        with pytest.raises(RunFailed, match="HTTP 403"):
            list(client.get_all(TIME, [{} for _ in range(50)]))
    assert len(venue.requests) == 1


def test_when_a_ban_is_over_it_is_asked_again(venue: BybitVenue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bybithttp, "_BAN_S", 0.0)
    venue.fault("ban", count=1)
    with http(venue) as client:
        with pytest.raises(RunFailed, match="HTTP 403"):
            client.get(TIME)
        assert client.get(TIME)["retCode"] == 0


def test_a_refusal_is_told_in_the_venues_words(venue: BybitVenue) -> None:
    with http(venue) as client:
        with pytest.raises(RunFailed, match=r"symbol=NONE.* was refused with 10001: "):
            client.get("/v5/market/kline", category="linear", symbol="NONE", interval="1")
        with pytest.raises(RunFailed, match=r"/v5/none answered with HTTP 404"):
            client.get("/v5/none")
        assert client.get_if_there("/v5/none") is None
    with http(venue, patience_s=0) as client, pytest.raises(RunFailed, match="with what is not the v5 API's JSON"):
        client.get("/admin/clock")


def test_many_answers_come_in_the_order_they_were_asked_for(venue: BybitVenue) -> None:
    wanted: list[dict[str, str | int]] = [
        {"category": "linear", "symbol": "BTCUSDT", "interval": "1", "limit": limit} for limit in range(1, 21)
    ]
    venue.fault("throttle", count=5)
    with http(venue) as client:
        came = [len(each["result"]["list"]) for each in client.get_all("/v5/market/kline", wanted)]
    assert came == list(range(1, 21))


def test_requests_keep_their_distance(venue: BybitVenue, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    with http(venue, requests_per_second=0.1) as client:
        monkeypatch.setattr("adapters.bybithttp.time.sleep", slept.append)
        for _ in range(3):
            client.get(TIME)
    assert slept[0] == 0
    assert 5 < slept[1] <= 10 < slept[2] <= 20


@pytest.mark.parametrize("environment", ["mainnet", "testnet", "demo"])
def test_an_environment_has_an_address_of_its_own(environment: str) -> None:
    with BybitHttp(venues.BybitVenue.model_validate({"environment": environment})) as client:
        assert client.base_url.startswith("https://")
        assert (environment in client.base_url) == (environment != "mainnet")
