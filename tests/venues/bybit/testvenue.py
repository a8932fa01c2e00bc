# file: tests/venues/bybit/testvenue.py
from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import urllib.request
from collections.abc import Coroutine, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from nautilus_trader.adapters.bybit import BybitHttpClient, BybitProductType
from nautilus_trader.model import BarType, InstrumentId

from tests.venues.bybit.market import DAY_MS, MINUTE_MS
from tests.venues.bybit.venue import BybitVenue

_ROOT = Path(__file__).resolve().parents[3]
START = 1_780_012_800_000 + 90_500
LINEAR = BybitProductType.LINEAR
BARS = BarType.from_str("BTCUSDT-LINEAR.BYBIT-1-MINUTE-LAST-EXTERNAL")


@pytest.fixture
def venue() -> Iterator[BybitVenue]:
    with BybitVenue(START) as venue:
        yield venue


def _client(venue: BybitVenue, act: Any) -> Any:
    """Run `act(client)` with the stock client, which knows the perpetuals."""

    async def acting() -> Any:
        client = BybitHttpClient(base_url=venue.http)
        for instrument in await client.request_instruments(LINEAR):
            client.cache_instrument(instrument)
        return await act(client)

    work: Coroutine[Any, Any, Any] = acting()
    return asyncio.run(work)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1_000, UTC)


def _row(bar: Any) -> tuple[Any, ...]:
    return (bar.ts_event // 1_000_000 - MINUTE_MS, *map(str, (bar.open, bar.high, bar.low, bar.close, bar.volume)))


def test_bars_by_request_are_the_truth(venue: BybitVenue) -> None:
    end = START // MINUTE_MS * MINUTE_MS
    begin = end - 5 * DAY_MS
    bars = _client(
        venue, lambda client: client.request_bars(LINEAR, BARS, start=_moment(begin), end=_moment(end - 1), limit=None)
    )
    assert [_row(bar) for bar in bars] == [row[:6] for row in venue.bars("linear", "BTCUSDT", begin, end)]
    assert len(bars) == 5 * 1440


def test_instruments_have_the_terms_of_the_configs(venue: BybitVenue) -> None:
    async def ask(client: Any) -> list[Any]:
        return [*await client.request_instruments(LINEAR), *await client.request_instruments(BybitProductType.SPOT)]

    loaded = {str(each.id): each.to_dict() for each in _client(venue, ask)}
    for kind in ("linear", "spot"):
        document = json.loads((_ROOT / f"config/instruments/bybit{kind}.json").read_text(encoding="utf-8"))
        for name, terms in document["instruments"].items():
            assert loaded[name]["price_increment"] == terms["price_step"]
            assert loaded[name]["size_increment"] == terms["size_step"]
            assert loaded[name]["min_quantity"] == terms["minimum_quantity"]


def test_funding_by_request_is_the_truth(venue: BybitVenue) -> None:
    name = InstrumentId.from_str("BTCUSDT-LINEAR.BYBIT")
    begin = START - 90 * DAY_MS
    rates = _client(
        venue,
        lambda client: client.request_funding_rates(LINEAR, name, start=_moment(begin), end=_moment(START), limit=None),
    )
    truth = venue.market.settlements("linear", "BTCUSDT", begin, START)
    assert [(rate.ts_event // 1_000_000, Decimal(rate.rate)) for rate in rates] == [
        (row.time, Decimal(row.rate)) for row in truth
    ]


def test_too_many_visits_are_tried_again_by_the_stock_client(venue: BybitVenue) -> None:
    venue.fault("throttle", count=1, path="/kline")
    bars = _client(venue, lambda client: client.request_bars(LINEAR, BARS, start=None, end=None, limit=10))
    assert len(bars) == 10
    assert [seen.code for seen in venue.asked("/kline")] == [10006, 0]


def test_a_process_says_its_port_and_ends_when_told() -> None:
    command = [sys.executable, "-m", "tests.venues.bybit", "--start-ms", str(START)]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = json.loads(process.stdout.readline())["port"]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/v5/market/time") as answer:
            assert json.load(answer)["result"]["timeSecond"] == str(START // 1_000)
        process.terminate()
        assert process.wait(10) == 0
