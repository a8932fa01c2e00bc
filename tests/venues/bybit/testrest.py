# file: tests/venues/bybit/testrest.py
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.venues.bybit.market import DAY_MS, MINUTE_MS
from tests.venues.bybit.venue import BybitVenue

START = 1_780_012_800_000 + 90_500
MINUTE = START // MINUTE_MS * MINUTE_MS
BTC = {"category": "linear", "symbol": "BTCUSDT"}


@pytest.fixture
def venue() -> Iterator[BybitVenue]:
    with BybitVenue(START) as venue:
        yield venue


def _ask(venue: BybitVenue, path: str, **params: Any) -> dict[str, Any]:
    answer: dict[str, Any] = httpx.get(f"{venue.http}/v5/market/{path}", params=params).json()
    return answer


def _starts(answer: dict[str, Any]) -> list[int]:
    return [(int(row[0]) - MINUTE) // MINUTE_MS for row in answer["result"]["list"]]


def test_klines_come_newest_first_with_the_unfinished_bar(venue: BybitVenue) -> None:
    answer = _ask(venue, "kline", **BTC, interval="1", limit=3)
    assert _starts(answer) == [0, -1, -2]
    assert answer["result"]["list"][0][1:] == list(venue.market.unfinished("linear", "BTCUSDT", MINUTE, START)[1:])
    truth = venue.market.bars("linear", "BTCUSDT", MINUTE - 2 * MINUTE_MS, MINUTE)
    assert answer["result"]["list"][1:] == [[str(bar.start), *bar[1:]] for bar in truth[::-1]]


@pytest.mark.parametrize(
    ("params", "starts"),
    [
        ({"start": MINUTE - 10 * MINUTE_MS, "limit": 3}, [-8, -9, -10]),
        ({"start": MINUTE - 10 * MINUTE_MS, "end": MINUTE, "limit": 3}, [0, -1, -2]),
        ({"end": MINUTE - 1, "limit": 3}, [-1, -2, -3]),
        ({"start": MINUTE - 2 * MINUTE_MS + 1, "end": MINUTE + DAY_MS}, [0, -1]),
        ({"start": MINUTE + MINUTE_MS, "end": MINUTE + DAY_MS}, []),
    ],
)
def test_a_window_is_answered_as_the_venue_does(venue: BybitVenue, params: dict[str, int], starts: list[int]) -> None:
    assert _starts(_ask(venue, "kline", **BTC, interval="1", **params)) == starts
    assert _starts(_ask(venue, "mark-price-kline", **BTC, interval="1", **params)) == starts


def test_marks_are_not_the_last_prices(venue: BybitVenue) -> None:
    marks = _ask(venue, "mark-price-kline", **BTC, interval="1", end=MINUTE - 1)["result"]["list"]
    truth = venue.market.marks("linear", "BTCUSDT", MINUTE - 200 * MINUTE_MS, MINUTE)
    assert marks == [[str(bar.start), *bar[1:5]] for bar in truth[::-1]]
    assert marks != [row[:5] for row in _ask(venue, "kline", **BTC, interval="1", end=MINUTE - 1)["result"]["list"]]


def test_missing_minutes_come_when_their_time_is_over(venue: BybitVenue) -> None:
    hidden = {"start_ms": MINUTE - 3 * MINUTE_MS, "end_ms": MINUTE - MINUTE_MS}
    venue.fault("missing", **BTC, **hidden, until_ms=START + MINUTE_MS)
    assert _starts(_ask(venue, "kline", **BTC, interval="1", limit=4)) == [0, -1, -4, -5]
    assert len(venue.bars("linear", "BTCUSDT", MINUTE - 5 * MINUTE_MS, MINUTE)) == 3
    assert len(venue.market.bars("linear", "BTCUSDT", MINUTE - 5 * MINUTE_MS, MINUTE)) == 5
    venue.advance(60)
    assert _starts(_ask(venue, "kline", **BTC, interval="1", limit=4)) == [1, 0, -1, -2]


def test_funding_comes_newest_first_up_to_now(venue: BybitVenue) -> None:
    rows = _ask(venue, "funding/history", **BTC)["result"]["list"]
    truth = venue.market.settlements("linear", "BTCUSDT", START - 200 * 480 * MINUTE_MS, START)
    assert [(int(row["fundingRateTimestamp"]), row["fundingRate"]) for row in rows] == truth[::-1]
    assert len(rows) == 200


def test_instruments_come_in_pages(venue: BybitVenue) -> None:
    names, cursor = [], ""
    while True:
        page = _ask(venue, "instruments-info", category="linear", limit=5, cursor=cursor)["result"]
        names += [row["symbol"] for row in page["list"]]
        if not (cursor := page["nextPageCursor"]):
            break
    assert names == [symbol for category, symbol in venue.market.listings if category == "linear"]


def test_recent_trades_are_the_newest(venue: BybitVenue) -> None:
    rows = _ask(venue, "recent-trade", **BTC, limit=1000)["result"]["list"]
    truth = venue.market.trades("linear", "BTCUSDT", START - DAY_MS, START + 1)[-1000:]
    assert [(int(row["time"]), row["side"]) for row in rows] == [(trade.time, trade.side) for trade in truth[::-1]]


@pytest.mark.parametrize(
    ("path", "params", "message"),
    [
        ("kline", {**BTC, "interval": "2"}, "Invalid period!"),
        ("kline", {"category": "linear", "symbol": "NOSUCH", "interval": "1"}, "params error: symbol invalid"),
        ("kline", {**BTC, "category": "cash", "interval": "1"}, "params error: Category is invalid"),
        ("kline", {**BTC, "interval": "1", "start": 2, "end": 1}, "params error: start is later than end"),
        ("kline", {**BTC, "interval": "1", "limit": "many"}, "params error: limit invalid"),
        ("mark-price-kline", {**BTC, "category": "spot", "interval": "1"}, "params error: Category is invalid"),
        ("funding/history", {**BTC, "startTime": 1}, "params error: endTime is required with startTime"),
        ("instruments-info", {"category": "linear", "cursor": "x"}, "params error: cursor invalid"),
    ],
)
def test_bad_parameters_are_refused(venue: BybitVenue, path: str, params: dict[str, Any], message: str) -> None:
    answer = _ask(venue, path, **params)
    assert (answer["retCode"], answer["retMsg"]) == (10001, message)


def test_the_book_and_the_risk_tier_are_told(venue: BybitVenue) -> None:
    book = _ask(venue, "orderbook", **BTC, limit=3)["result"]
    assert [len(book["b"]), len(book["a"])] == [3, 3]
    assert float(book["b"][0][0]) < float(book["a"][0][0])
    (tier,) = _ask(venue, "risk-limit", **BTC)["result"]["list"]
    assert tier["maintenanceMargin"] == "0.005"
