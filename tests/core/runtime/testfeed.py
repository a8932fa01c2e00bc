# file: tests/core/runtime/testfeed.py
from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.golden.stage import HOUR, MONDAY, Stage, bars_along
from tradingbot.core.config.home import config_file
from tradingbot.core.config.lanes import LanesConfig, LaneVenue
from tradingbot.core.config.load import load as load_config
from tradingbot.core.lane import Lane
from tradingbot.core.market.arrays import Bars, PriceSide, Quotes
from tradingbot.core.market.instruments import load
from tradingbot.core.market.steps import Step
from tradingbot.core.runtime.feed import Feed, seen_type, trades_itself
from tradingbot.core.runtime.sources import find_sources

COIN, OTHER, PAIR, SHARE = "BTCUSDT-LINEAR.BYBIT", "ETHUSDT-LINEAR.BYBIT", "EUR/USD.IDEALPRO", "SPY=STK.SMART"
QUARTER = Step.parse("15m")
VENUES = load_config(LanesConfig, config_file("lanes.json")).lanes
FUTURES = VENUES[Lane.CRYPTOFUTURES]
LATE = FUTURES.latency_ms * 1_000_000


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def rising(rows: int, first: float = 40_000.0, start: int = MONDAY) -> Bars:
    return bars_along([first + 10 * row for row in range(rows + 1)], QUARTER, start)


def feed(
    stage: Stage, *names: str, exact: bool, venue: LaneVenue = FUTURES, rows: int = 40_000, contracts: Any = ()
) -> Feed:
    sources = [find_sources(stage.catalog, load(name).instrument, QUARTER)[0] for name in names or (COIN,)]
    start, end = min(each.first for each in sources) - QUARTER.ns, max(each.last for each in sources)
    return Feed(stage.catalog, sources, list(contracts), venue, exact, start, end, rows)


def kinds(found: Feed) -> list[tuple[str, str, int]]:
    """Return what the engine is given: kind, instrument, and when, in the order of time."""
    rows = [item for chunk in found for part in chunk.data for item in part]
    told = [
        (type(item).__name__, str(getattr(item, "instrument_id", "") or item.bar_type.instrument_id), item.ts_event)
        for item in rows
    ]
    return sorted(told, key=lambda each: each[2])


def test_in_exact_every_bar_is_four_quotes_and_then_itself(stage: Stage) -> None:
    stage.bars(COIN, QUARTER, rising(2))
    found = kinds(feed(stage, exact=True))
    assert [kind for kind, _, _ in found] == ["QuoteTick"] * 4 + ["Bar"] + ["QuoteTick"] * 4 + ["Bar"]
    assert [ts - MONDAY for kind, _, ts in found if kind == "Bar"] == [QUARTER.ns, 2 * QUARTER.ns]
    assert found[5][2] == MONDAY + QUARTER.ns + LATE


def test_in_fast_last_prices_trade_themselves_and_are_all_there_is(stage: Stage) -> None:
    stage.bars(COIN, QUARTER, rising(3))
    assert [kind for kind, _, _ in kinds(feed(stage, exact=False))] == ["Bar"] * 3


def test_in_fast_midpoints_are_seen_and_bars_with_the_lanes_depth_are_traded(stage: Stage) -> None:
    stage.bars(PAIR, QUARTER, bars_along(np.full(3, 1.1), QUARTER, volume=0), PriceSide.MID)
    (chunk,) = feed(stage, PAIR, exact=False, venue=VENUES[Lane.FOREX])
    quotes, trading, seen = [part for part in chunk.data if part]
    assert [str(bars[0].bar_type).split("-")[3] for bars in (trading, seen)] == ["LAST", "MID"]
    assert {float(bar.volume) for bar in trading} == {5_000_000}
    assert {float(bar.volume) for bar in seen} == {0}
    # What carry and conversion look at: the close, a microsecond before the bar, of the smallest size.
    assert [quote.ts_event - bar.ts_event for quote, bar in zip(quotes, seen, strict=True)] == [-1_000] * 2
    assert {float(quote.bid_size) for quote in quotes} == {1}


@pytest.mark.parametrize("exact", [True, False])
def test_strategies_see_the_same_bars_in_both_realisms(stage: Stage, exact: bool) -> None:
    stage.bars(COIN, QUARTER, rising(5))
    stage.bars(PAIR, QUARTER, bars_along(np.full(6, 1.1), QUARTER), PriceSide.MID)
    for name, lane, kind in ((COIN, Lane.CRYPTOFUTURES, "LAST"), (PAIR, Lane.FOREX, "MID")):
        (source,) = find_sources(stage.catalog, load(name).instrument, QUARTER)
        wanted = seen_type(source, VENUES[lane])
        assert wanted == f"{name}-15-MINUTE-{kind}-EXTERNAL"
        assert trades_itself(source, VENUES[lane]) is (kind == "LAST")
        rows = [part for chunk in feed(stage, name, exact=exact, venue=VENUES[lane]) for part in chunk.data if part]
        assert [len(part) for part in rows if str(getattr(part[0], "bar_type", "")) == wanted] == [5]


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("rows", [1, 2, 3, 7, 40_000])
def test_chunks_of_any_size_hold_the_same_data_once_in_order(stage: Stage, exact: bool, rows: int) -> None:
    stage.bars(COIN, QUARTER, rising(9))
    stage.bars(OTHER, QUARTER, rising(4, 3_000.0, MONDAY + 3 * QUARTER.ns))
    stage.marks(COIN, rising(9).ts, rising(9).close)
    stage.funding(COIN, MONDAY + np.array([3, 5]) * QUARTER.ns + np.array([0, 5_000_000]), np.array([1e-4, 2e-4]))
    found = feed(stage, COIN, OTHER, exact=exact, rows=rows)
    assert kinds(found) == kinds(feed(stage, COIN, OTHER, exact=exact))
    assert kinds(found) == kinds(found)
    assert len(list(found)) == found.chunks
    assert sum(chunk.bars for chunk in found) == 13
    for chunk, after in zip(found, list(found)[1:], strict=False):
        stamps = [item.ts_event for part in after.data for item in part]
        assert all(ts > chunk.until for ts in stamps)


def test_an_instrument_that_begins_later_is_not_quoted_before(stage: Stage) -> None:
    stage.bars(COIN, QUARTER, rising(9))
    stage.bars(OTHER, QUARTER, rising(4, 3_000.0, MONDAY + 3 * QUARTER.ns))
    first = min(ts for _, name, ts in kinds(feed(stage, COIN, OTHER, exact=True)) if name == OTHER)
    assert first == MONDAY + 3 * QUARTER.ns + LATE


def test_a_gap_has_no_quotes_and_ends_with_the_open_of_the_bar_after_it(stage: Stage) -> None:
    stage.bars(COIN, QUARTER, rising(9).take(np.array([0, 1, 6, 7])))
    stamps = [ts - MONDAY for kind, _, ts in kinds(feed(stage, exact=True)) if kind == "QuoteTick"]
    assert next(ts for ts in stamps if ts >= 2 * QUARTER.ns) == 6 * QUARTER.ns + LATE


def test_a_bar_without_volume_still_shows_the_smallest_size(stage: Stage) -> None:
    bars = rising(3)
    stage.bars(COIN, QUARTER, Bars(bars.ts, bars.open, bars.high, bars.low, bars.close, np.array([8.0, 0.0, 8.0])))
    (chunk,) = feed(stage, exact=True)
    sizes = [float(quote.bid_size) for part in chunk.data for quote in part if type(quote).__name__ == "QuoteTick"]
    # A tenth of the volume over four quotes.
    assert sizes == [0.2] * 4 + [0.001] * 4 + [0.2] * 4


def test_real_sides_are_quoted_as_they_are(stage: Stage) -> None:
    for side, price in ((PriceSide.BID, 1.1), (PriceSide.ASK, 1.1003)):
        stage.bars(PAIR, QUARTER, bars_along(np.full(3, price), QUARTER), side)
    (chunk,) = feed(stage, PAIR, exact=True, venue=VENUES[Lane.FOREX])
    quotes = [quote for part in chunk.data for quote in part if type(quote).__name__ == "QuoteTick"]
    assert {(float(quote.bid_price), float(quote.ask_price)) for quote in quotes} == {(1.1, 1.1003)}


def test_a_settlement_comes_just_before_the_bar_that_ends_with_it_and_after_its_mark(stage: Stage) -> None:
    stage.bars(COIN, QUARTER, rising(2))
    at = np.array([MONDAY + QUARTER.ns])
    stage.marks(COIN, at, np.array([40_000.0]))
    stage.funding(COIN, at, np.array([1e-4]))
    found = [(kind, at[0] - ts) for kind, _, ts in kinds(feed(stage, exact=False)) if ts <= at[0]]
    assert found == [("MarkPriceUpdate", 2_000), ("FundingRateUpdate", 1_000), ("Bar", 0)]


def test_contracts_are_quoted_from_the_catalog_and_their_share_is_traded_for_the_settlement(stage: Stage) -> None:
    opening = MONDAY + 29 * HOUR // 2
    stage.bars(SHARE, QUARTER, bars_along(np.full(5, 600.0), QUARTER, opening))
    ts = opening + QUARTER.ns * np.array([1, 3])
    flat = np.full(2, 2.0)
    (name,) = stage.puts(SHARE, MONDAY + 117 * HOUR, {600: Quotes(ts, flat, flat + 0.1, flat, flat)})
    put = load(name).instrument
    for exact in (True, False):
        found = kinds(feed(stage, SHARE, exact=exact, venue=VENUES[Lane.OPTIONS], rows=2, contracts=[put]))
        assert [ts for _, instrument, ts in found if instrument == name] == ts.tolist()
        traded = [ts for kind, _, ts in found if kind == "TradeTick"]
        assert traded == sorted({bar - 500 for kind, _, bar in found if kind == "Bar"})
        assert len(traded) == 4


def test_the_strips_of_a_chunk_begin_with_the_last_row_of_the_one_before(stage: Stage) -> None:
    stage.bars(COIN, QUARTER, rising(6))
    for exact, ahead in ((True, 1), (False, 0)):
        found = [
            ((chunk.strips[COIN].ts - MONDAY) // QUARTER.ns).tolist() for chunk in feed(stage, exact=exact, rows=2)
        ]
        assert found == [
            [1, 2, 3][: 2 + ahead], [2, 3, 4, 5][: 3 + ahead], [4, 5, 6],
        ]  # fmt: skip


def test_depth_follows_the_bar_before_across_chunks(stage: Stage) -> None:
    bars = rising(6)
    high = bars.high + 100.0 * np.arange(6)
    stage.bars(COIN, QUARTER, Bars(bars.ts, bars.open, high, bars.low, bars.close, bars.volume))
    whole = next(iter(feed(stage, exact=True))).strips[COIN]
    for chunk in feed(stage, exact=True, rows=1):
        strip = chunk.strips[COIN].take(slice(1, None))
        wanted = whole.take(np.isin(whole.ts, strip.ts))
        assert strip.range.tolist() == wanted.range.tolist()
