# file: tests/venues/bybit/teststreams.py
from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from aiohttp import ClientError, ClientSession, WSMsgType

from tests.venues.bybit.market import MINUTE_MS, Kline
from tests.venues.bybit.venue import BybitVenue

START = 1_780_012_800_000
MINUTE = MINUTE_MS // 1_000
BTC = ("linear", "BTCUSDT")


@pytest.fixture
def venue() -> Iterator[BybitVenue]:
    with BybitVenue(START + 30_000) as venue:
        yield venue


def _heard(venue: BybitVenue, category: str, topics: list[str], act: Callable[[], None]) -> list[dict[str, Any]]:
    """Return what a subscriber hears of the topics while `act` goes on."""

    async def listening() -> list[dict[str, Any]]:
        async with ClientSession() as session, session.ws_connect(venue.ws(category)) as socket:
            await socket.send_json({"op": "subscribe", "args": topics})
            assert (await socket.receive_json())["success"]
            await asyncio.to_thread(act)
            await socket.send_json({"op": "ping"})
            messages = []
            while (message := await socket.receive_json()).get("ret_msg") != "pong":
                messages.append(message)
            return messages

    return asyncio.run(listening())


def _closes(messages: list[dict[str, Any]]) -> list[Kline]:
    rows = [row for message in messages for row in message["data"] if row["confirm"]]
    return [Kline(*(row[name] for name in Kline._fields)) for row in rows]


def test_closing_messages_are_the_truth_of_an_hour(venue: BybitVenue) -> None:
    messages = _heard(venue, "linear", ["kline.1.BTCUSDT", "kline.5.BTCUSDT"], lambda: venue.advance(60 * MINUTE))
    end = START + 60 * MINUTE_MS
    for interval, topic in (("1", "kline.1.BTCUSDT"), ("5", "kline.5.BTCUSDT")):
        closes = _closes([message for message in messages if message["topic"] == topic])
        assert closes == venue.market.bars(*BTC, START, end, interval)


def test_a_clock_with_a_speed_publishes_by_itself() -> None:
    async def listening(venue: BybitVenue) -> list[dict[str, Any]]:
        async with ClientSession() as session, session.ws_connect(venue.ws("linear")) as socket:
            await socket.send_json({"op": "subscribe", "args": ["kline.1.BTCUSDT"]})
            assert (await socket.receive_json())["success"]
            messages: list[dict[str, Any]] = []
            while len(_closes(messages)) < 30:
                messages.append(await socket.receive_json())
            return messages

    with BybitVenue(START, speed=3_000) as venue:
        closes = _closes(asyncio.run(listening(venue)))
        assert closes == venue.market.bars(*BTC, closes[0].start, closes[0].start + 30 * MINUTE_MS)


def test_a_bar_grows_until_it_closes(venue: BybitVenue) -> None:
    messages = _heard(venue, "spot", ["kline.1.BTCUSDT"], lambda: venue.advance(MINUTE))
    first = [message["data"][0] for message in messages if message["data"][0]["start"] == START]
    volumes = [float(row["volume"]) for row in first]
    assert volumes == sorted(volumes)
    assert len(set(volumes)) == 7
    assert [row["confirm"] for row in first] == [False] * (len(first) - 1) + [True]


@pytest.mark.parametrize("category", ["linear", "spot"])
def test_a_ticker_with_its_changes_is_what_http_says(venue: BybitVenue, category: str) -> None:
    messages = _heard(venue, category, ["tickers.ETHUSDT"], lambda: venue.advance(6 * MINUTE + 1))
    row: dict[str, str] = {}
    for message in messages:
        row |= message["data"]
    assert {message["type"] for message in messages[1:]} == {"delta" if category == "linear" else "snapshot"}
    query = {"category": category, "symbol": "ETHUSDT"}
    assert row == httpx.get(f"{venue.http}/v5/market/tickers", params=query).json()["result"]["list"][0]


def test_trades_make_the_bars_and_the_book_is_around_them(venue: BybitVenue) -> None:
    topics = ["publicTrade.BTCUSDT", "orderbook.1.BTCUSDT", "orderbook.50.BTCUSDT"]
    messages = _heard(venue, "linear", topics, lambda: venue.advance(90))
    trades = [row for message in messages if message["topic"] == topics[0] for row in message["data"]]
    assert [trade["p"] for trade in trades if trade["T"] < START + MINUTE_MS][-1] == (
        venue.market.bars(*BTC, START, START + MINUTE_MS)[0].close
    )
    books = [message["data"] for message in messages if message["topic"] == topics[1]][1:]
    assert [book["a" if trade["S"] == "Buy" else "b"][0][0] for book, trade in zip(books, trades, strict=True)] == [
        trade["p"] for trade in trades
    ]
    assert [len(message["data"]["b"]) for message in messages if message["topic"] == topics[2]] == [50] * 19


@pytest.mark.parametrize(
    ("fault", "minutes"),
    [
        ({"kind": "lost", "count": 1}, [1, 2, 3, 4]),
        ({"kind": "missing", "start_ms": START + MINUTE_MS, "end_ms": START + 3 * MINUTE_MS}, [0, 3, 4]),
        ({"kind": "duplicate", "start_ms": START + MINUTE_MS, "count": 1}, [0, 1, 1, 2, 3, 4]),
        ({"kind": "late", "delay": 70, "count": 1}, [1, 0, 2, 3, 4]),
        ({"kind": "swap", "start_ms": START + 2 * MINUTE_MS, "count": 1}, [0, 1, 3, 2, 4]),
        ({"kind": "lost", "symbol": "ETHUSDT"}, [0, 1, 2, 3, 4]),
        ({"kind": "lost", "category": "spot"}, [0, 1, 2, 3, 4]),
        ({"kind": "mute"}, []),
    ],
)
def test_closing_messages_fail_as_told(venue: BybitVenue, fault: dict[str, Any], minutes: list[int]) -> None:
    def act() -> None:
        venue.fault(**fault)
        venue.advance(5 * MINUTE)
        venue.clear()

    closes = _closes(_heard(venue, "linear", ["kline.1.BTCUSDT"], act))
    assert [(bar.start - START) // MINUTE_MS for bar in closes] == minutes


def test_a_dropped_socket_is_cut_and_refused_until_the_fault_is_over(venue: BybitVenue) -> None:
    async def connecting() -> None:
        async with ClientSession() as session:
            async with session.ws_connect(venue.ws("linear")) as socket:
                await asyncio.to_thread(venue.fault, "drop")
                assert (await socket.receive()).type in (WSMsgType.CLOSED, WSMsgType.ERROR)
            with pytest.raises(ClientError):
                await session.ws_connect(venue.ws("linear"))
            await asyncio.to_thread(venue.clear, "drop")
            async with session.ws_connect(venue.ws("linear")) as socket:
                await socket.send_json({"op": "ping", "req_id": "7"})
                assert (await socket.receive_json())["req_id"] == "7"

    asyncio.run(connecting())


@pytest.mark.parametrize(
    ("category", "args", "message"),
    [
        ("linear", ["kline.1.NOSUCH"], "error:handler not found,topic:kline.1.NOSUCH"),
        ("linear", ["kline.2.BTCUSDT"], "error:handler not found,topic:kline.2.BTCUSDT"),
        ("spot", [f"kline.{n}.BTCUSDT" for n in (1, 3, 5, 15, 30, 60, 120, 240, 360, 720, "D")], "args size >10"),
    ],
)
def test_a_wrong_subscription_is_refused_whole(venue: BybitVenue, category: str, args: list[str], message: str) -> None:
    async def asking() -> Any:
        async with ClientSession() as session, session.ws_connect(venue.ws(category)) as socket:
            await socket.send_json({"op": "subscribe", "args": args})
            return await socket.receive_json()

    answer = asyncio.run(asking())
    assert (answer["success"], answer["ret_msg"]) == (False, message)


def test_who_unsubscribed_hears_nothing(venue: BybitVenue) -> None:
    async def asking() -> list[Any]:
        async with ClientSession() as session, session.ws_connect(venue.ws("linear")) as socket:
            for operation in ("subscribe", "unsubscribe"):
                await socket.send_json({"op": operation, "args": ["publicTrade.BTCUSDT"]})
                assert (await socket.receive_json())["op"] == operation
            await asyncio.to_thread(venue.advance, MINUTE)
            with contextlib.suppress(TimeoutError):
                await socket.send_json({"op": "ping"})
            return [(await socket.receive_json())["ret_msg"]]

    assert asyncio.run(asking()) == ["pong"]
