# file: tests/venues/bybit/testmarket.py
from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.venues.bybit.listings import listings
from tests.venues.bybit.market import DAY_MS, INTERVALS, MINUTE_MS, Kline, Market

START = 1_780_012_800_000  # 2026-05-29
MARKET = Market(listings())


@pytest.mark.parametrize("key", [("linear", "BTCUSDT"), ("spot", "SUIUSDT")])
@given(minutes=st.integers(0, 3 * 1440))
def test_a_bar_is_what_its_trades_make(key: tuple[str, str], minutes: int) -> None:
    start = START + minutes * MINUTE_MS
    before, bar = MARKET.bars(*key, start - MINUTE_MS, start + MINUTE_MS)
    listing, trades = MARKET.listings[key], MARKET.trades(*key, start, start + MINUTE_MS)
    prices = [Decimal(before.close), *(trade.price * listing.price_step for trade in trades)]
    sizes = [trade.lots * listing.size_step for trade in trades]
    made = [prices[0], max(prices), min(prices), prices[-1], sum(sizes)]
    assert [Decimal(text) for text in bar[1:6]] == made
    assert Decimal(bar.turnover) == sum(p * s for p, s in zip(prices[1:], sizes, strict=True))


@given(interval=st.sampled_from(sorted(INTERVALS)), offset=st.integers(0, DAY_MS), length=st.integers(1, 2 * DAY_MS))
def test_a_wider_bar_is_its_minutes_together(interval: str, offset: int, length: int) -> None:
    step, begin = INTERVALS[interval], START + offset
    bars = MARKET.bars("linear", "ETHUSDT", begin, begin + length, interval)
    assert [bar.start for bar in bars] == [t for t in range(begin // step * step, begin + length, step) if t >= begin]
    for bar in bars[:3]:
        minutes = MARKET.bars("linear", "ETHUSDT", bar.start, bar.start + step)
        assert bar == Kline(
            bar.start,
            minutes[0].open,
            max((m.high for m in minutes), key=Decimal),
            min((m.low for m in minutes), key=Decimal),
            minutes[-1].close,
            str(sum(Decimal(m.volume) for m in minutes)),
            str(sum(Decimal(m.turnover) for m in minutes)),
        )


@given(now=st.integers(START, START + DAY_MS), interval=st.sampled_from(["1", "5", "60", "D"]))
def test_an_unfinished_bar_holds_the_trades_so_far(now: int, interval: str) -> None:
    start = now // INTERVALS[interval] * INTERVALS[interval]
    bar = MARKET.unfinished("linear", "BTCUSDT", start, now)
    trades = MARKET.trades("linear", "BTCUSDT", start, now + 1)
    assert Decimal(bar.volume) == sum(trade.lots for trade in trades) * Decimal("0.001")
    if trades:
        assert Decimal(bar.close) == trades[-1].price * Decimal("0.1")


def test_nothing_is_listed_before_the_launch() -> None:
    listing = MARKET.listings["linear", "BTCUSDT"]
    bars = MARKET.bars(*listing.key, listing.launch_ms - DAY_MS, listing.launch_ms + 2 * MINUTE_MS)
    assert [bar.start for bar in bars] == [listing.launch_ms, listing.launch_ms + MINUTE_MS]


def test_the_same_seed_is_the_same_market_and_another_is_not() -> None:
    span = ("linear", "BTCUSDT", START, START + 60 * MINUTE_MS)
    assert Market(listings()).bars(*span) == MARKET.bars(*span)
    assert Market(listings(), seed=2).bars(*span) != MARKET.bars(*span)


def test_what_is_announced_in_the_last_hour_is_what_is_settled() -> None:
    rows = MARKET.settlements("linear", "BTCUSDT", START, START + 10 * DAY_MS)
    listing = MARKET.listings["linear", "BTCUSDT"]
    assert [row.time for row in rows] == list(range(START, START + 10 * DAY_MS, 480 * MINUTE_MS))
    assert [MARKET.funding(listing, row.time, row.time - 59 * MINUTE_MS) for row in rows] == [row.rate for row in rows]
    assert [MARKET.funding(listing, row.time, row.time - 300 * MINUTE_MS) for row in rows] != [row.rate for row in rows]
