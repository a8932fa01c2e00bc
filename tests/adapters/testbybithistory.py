# file: tests/adapters/testbybithistory.py
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from adapters.bybithistory import BybitHistory
from adapters.bybithttp import BybitHttp
from tests.venues.bybit.listings import listings
from tests.venues.bybit.venue import BybitVenue
from tradingbot.core.config import venues
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.market.columns import Kind
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.instruments.venueterms import term_differences
from tradingbot.core.market.series import Step
from tradingbot.core.time import DAY, HOUR, MINUTE

START = 1_780_012_890_500
MS = 1_000_000
NOW = START * MS
CLOSED = NOW // MINUTE * MINUTE
PERPETUAL, SPOT = "BTCUSDT-LINEAR.BYBIT", "BTCUSDT-SPOT.BYBIT"
ONE = Step(1, "m")


@pytest.fixture
def venue() -> Iterator[BybitVenue]:
    with BybitVenue(START, limit=None) as venue:
        yield venue


@pytest.fixture
def history(venue: BybitVenue) -> Iterator[BybitHistory]:
    with opened(venue) as http:
        yield BybitHistory(http)


def opened(venue: BybitVenue) -> BybitHttp:
    settings = {"environment": "demo", "http": venue.http, "requests_per_second": 100, "patience_s": 5}
    return BybitHttp(venues.BybitVenue.model_validate(settings))


def truth(rows: Any) -> list[tuple[float, ...]]:
    return [(row.start * MS + MINUTE, *map(float, row[1:6])) for row in rows]


def told(bars: Any) -> list[tuple[float, ...]]:
    return list(zip(bars.ts.tolist(), *(column.tolist() for column in (*bars.ohlc, bars.volume)), strict=True))


@pytest.mark.parametrize("category", ["linear", "spot"])
def test_bars_of_several_pages_are_the_truth_in_order(venue: BybitVenue, history: BybitHistory, category: str) -> None:
    name = f"BTCUSDT-{category.upper()}.BYBIT"
    steps: list[tuple[int, int]] = []
    bars = history.bars(name, ONE, CLOSED - 2 * DAY + MINUTE, CLOSED, lambda *pair: steps.append(pair))
    rows = venue.market.bars(category, "BTCUSDT", (CLOSED - 2 * DAY) // MS, CLOSED // MS)
    assert (len(bars), told(bars)) == (2_880, truth(rows))
    assert steps[-1] == (2_880, 2_880)


def test_the_bar_under_way_is_none_whatever_the_servers_clock_says(venue: BybitVenue, history: BybitHistory) -> None:
    assert history.closed_until(PERPETUAL, Kind.BARS, ONE) == CLOSED
    assert history.closed_until(PERPETUAL, Kind.MARKS, Step(1, "h")) == CLOSED // HOUR * HOUR
    venue.fault("skew", delay=50.0)
    assert history.now() == NOW + 50 * 10**9
    assert history.closed_until(PERPETUAL, Kind.BARS, ONE) == CLOSED


def test_absent_minutes_are_absent_and_no_others_come_for_them(venue: BybitVenue, history: BybitHistory) -> None:
    gone = CLOSED - 90 * MINUTE
    venue.fault("missing", start_ms=(gone - MINUTE) // MS, end_ms=gone // MS)
    bars = history.bars(PERPETUAL, ONE, CLOSED - 3 * HOUR, CLOSED - HOUR)
    assert (len(bars), gone in bars.ts) == (120, False)
    assert len(history.bars(PERPETUAL, ONE, gone, gone)) == 0


def test_before_the_listing_one_request_tells_that_there_is_nothing() -> None:
    late = [replace(each, launch_ms=START - 3_600_000) for each in listings()]
    with BybitVenue(START, limit=None, listed=late) as venue, opened(venue) as http:
        assert len(BybitHistory(http).bars(SPOT, ONE, CLOSED - 60 * DAY, CLOSED - 2 * HOUR)) == 0
        assert len(venue.requests) == 1


def test_marks_are_mark_prices_and_not_the_last(venue: BybitVenue, history: BybitHistory) -> None:
    marks = history.marks(PERPETUAL, ONE, CLOSED - HOUR + MINUTE, CLOSED)
    rows = venue.market.marks("linear", "BTCUSDT", (CLOSED - HOUR) // MS, CLOSED // MS)
    assert marks.price.tolist() == [float(row.close) for row in rows]
    assert marks.ts.tolist() == [row.start * MS + MINUTE for row in rows]
    bars = history.bars(PERPETUAL, ONE, CLOSED - HOUR + MINUTE, CLOSED)
    assert marks.price.tolist() != bars.close.tolist()


def test_funding_of_several_pages_is_the_truth(venue: BybitVenue, history: BybitHistory) -> None:
    funding = history.funding(PERPETUAL, NOW - 150 * DAY, NOW)
    rows = venue.market.settlements("linear", "BTCUSDT", START - 150 * 86_400_000, START)
    assert [(ts // MS, rate) for ts, rate in zip(funding.ts.tolist(), funding.rate.tolist(), strict=True)] == [
        (row.time, float(row.rate)) for row in rows
    ]
    assert len(funding) > 400
    assert len(history.funding(PERPETUAL, NOW - 2 * HOUR, NOW - HOUR)) in (0, 1)


def test_the_last_trades_come_oldest_first(history: BybitHistory) -> None:
    trades = history.trades(PERPETUAL)
    assert 900 < len(trades) < 1_000
    assert (trades.ts[1:] >= trades.ts[:-1]).all()
    assert set(trades.aggressor.tolist()) == {1, -1}
    assert trades.ts[-1] <= NOW


def test_the_venues_terms_are_those_of_the_config_it_was_made_of(history: BybitHistory) -> None:
    names = [PERPETUAL, "XRPUSDT-LINEAR.BYBIT", SPOT, "SUIUSDT-SPOT.BYBIT"]
    terms = history.terms([*names, "NONEUSDT-LINEAR.BYBIT"])
    assert set(terms) == set(names)
    assert not [each for name in names for each in term_differences(load_listing(name), terms[name]) if each.blocks]
    assert terms[PERPETUAL].listed_ns == 1_577_836_800_000 * MS
    assert history.terms([SPOT]) == {SPOT: terms[SPOT]}
    assert history.margin_maint(PERPETUAL) == Decimal("0.005")


def test_slow_answers_are_waited_for(venue: BybitVenue, history: BybitHistory) -> None:
    venue.fault("slow", delay=0.2, count=2)
    assert len(history.bars(PERPETUAL, ONE, CLOSED - HOUR + MINUTE, CLOSED)) == 60


@pytest.mark.parametrize(
    ("name", "kind", "step", "said"),
    [
        (
            "EUR/USD.IDEALPRO",
            Kind.BARS,
            ONE,
            "EUR/USD.IDEALPRO cannot be downloaded, allowed are Bybit's X-LINEAR.BYBIT",
        ),
        (PERPETUAL, Kind.QUOTES, None, "quotes of .* cannot be downloaded, allowed is bars, marks, funding, trades"),
        (SPOT, Kind.FUNDING, None, "has no funding; only perpetuals"),
        (PERPETUAL, Kind.BARS, Step(2, "m"), "--bar was 2m, Bybit has 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 12h, 1d"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_what_can(
    history: BybitHistory, name: str, kind: Kind, step: Step | None, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        history.require(name, kind, step)
    history.require(PERPETUAL, Kind.BARS, Step(60, "m"))


def test_an_answer_of_another_form_is_refused(monkeypatch: pytest.MonkeyPatch, history: BybitHistory) -> None:
    monkeypatch.setattr(BybitHttp, "get", lambda *_, **__: {"result": {"list": [["x"]]}, "time": "y"})
    for ask in (history.now, lambda: history.trades(PERPETUAL), lambda: history.terms([PERPETUAL])):
        with pytest.raises(RunFailed, match="gave an answer of another form than the v5 API's"):
            ask()
