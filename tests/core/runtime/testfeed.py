# file: tests/core/runtime/testfeed.py
from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.golden.catalogfixture import HOUR, MONDAY, Stage, bars_along
from tradingbot.core.config.home import config_file
from tradingbot.core.config.lanes import LanesConfig, LaneVenue
from tradingbot.core.config.load import load as load_config
from tradingbot.core.lane import Lane
from tradingbot.core.market.columns import Bars, PriceSide, Quotes
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.series import Step
from tradingbot.core.runtime.barsource import find_sources
from tradingbot.core.runtime.feed import Feed, Seams, bid_ask_bars, intrabar_quotes, signal_bar_type, trades_itself

MINUTE, LATE = 60_000_000_000, 100_000_000
CLOSE = 1_736_121_600_000_000_000


def bar(opens: float, high: float, low: float, closes: float) -> Bars:
    columns = (np.array([value]) for value in (opens, high, low, closes, 8.0))
    opened, top, bottom, closed, volume = columns
    return Bars(np.array([CLOSE]), opened, top, bottom, closed, volume)


def test_a_bar_is_its_open_after_the_latency_its_extremes_at_the_thirds_and_its_close_just_before_the_end() -> None:
    middle = bar(100, 101, 95, 98)
    found = intrabar_quotes(middle, bar(99, 100, 94, 97), bar(101, 102, 96, 99), MINUTE, LATE, np.array([2.0]))
    start = CLOSE - MINUTE
    assert found.ts.tolist() == [start + LATE, start + MINUTE // 3, start + 2 * (MINUTE // 3), CLOSE - 1_000]
    assert found.bid.tolist() == [99, 100, 94, 97]
    assert found.ask.tolist() == [101, 102, 96, 99]
    assert found.bid_size.tolist() == found.ask_size.tolist() == [2.0] * 4


@pytest.mark.parametrize(
    ("high", "low", "path"),
    [(101, 95, [100, 101, 95, 98]), (105, 99, [100, 99, 105, 98]), (102, 98, [100, 98, 102, 98])],
)
def test_the_extreme_nearer_to_the_open_comes_first_and_the_low_where_both_are_equally_near(
    high: float, low: float, path: list[float]
) -> None:
    middle = bar(100, high, low, 98)
    assert intrabar_quotes(middle, middle, middle, MINUTE, LATE, np.array([1.0])).bid.tolist() == path


@given(latency=st.integers(0, MINUTE // 3 - 1), step=st.sampled_from([MINUTE, 5 * MINUTE, 7 * MINUTE + 1]))
def test_quotes_of_consecutive_bars_are_in_order_whatever_the_latency(latency: int, step: int) -> None:
    ts = CLOSE + step * np.arange(3)
    flat = np.full(3, 100.0)
    bars = Bars(ts, flat, flat, flat, flat, flat)
    assert np.all(np.diff(intrabar_quotes(bars, bars, bars, step, latency, flat).ts) > 0)


def test_no_bars_are_no_quotes() -> None:
    nothing = bar(1, 1, 1, 1).take(slice(0, 0))
    assert len(intrabar_quotes(nothing, nothing, nothing, MINUTE, LATE, nothing.volume)) == 0


@pytest.mark.parametrize(
    ("price", "half", "bid", "ask"),
    [
        (100.0, 0.0, 100.0, 100.0),
        (100.0, 0.1, 99.9, 100.1),
        (100.0, 0.04, 99.9, 100.1),
        (100.05, 0.05, 100.0, 100.1),
        (0.3, 0.1, 0.2, 0.4),
    ],
)
def test_a_side_is_half_the_spread_away_on_the_next_tick_outwards(
    price: float, half: float, bid: float, ask: float
) -> None:
    below, above = bid_ask_bars(bar(price, price, price, price), np.array([half]), 0.1)
    for name in ("open", "high", "low", "close"):
        assert getattr(below, name).round(9).tolist() == [bid]
        assert getattr(above, name).round(9).tolist() == [ask]


@given(ticks=st.integers(1, 10**7), half=st.floats(0, 50), tick=st.sampled_from([0.1, 0.01, 0.005, 0.00005]))
def test_the_sides_are_on_the_tick_and_never_narrower_than_the_spread(ticks: int, half: float, tick: float) -> None:
    price = ticks * tick
    below, above = bid_ask_bars(bar(price, price, price, price), np.array([half * tick]), tick)
    for side, sign in ((below, -1), (above, 1)):
        steps = side.close[0] / tick
        assert abs(steps - round(steps)) < 1e-3
        assert half - 1e-5 <= sign * (round(steps) - ticks) < half + 1


COIN, OTHER, PAIR, SHARE = "BTCUSDT-LINEAR.BYBIT", "ETHUSDT-LINEAR.BYBIT", "EUR/USD.IDEALPRO", "SPY=STK.SMART"
QUARTER = Step.parse("15m")
VENUES = load_config(LanesConfig, config_file("lanes.json")).lanes
FUTURES = VENUES[Lane.CRYPTOFUTURES]
LATE_FEED = FUTURES.latency_ms * 1_000_000


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def rising(rows: int, first: float = 40_000.0, start: int = MONDAY) -> Bars:
    return bars_along([first + 10 * row for row in range(rows + 1)], QUARTER, start)


def feed(
    stage: Stage, *names: str, exact: bool, venue: LaneVenue = FUTURES, rows: int = 40_000, contracts: Any = ()
) -> Feed:
    sources = [find_sources(stage.catalog, load_listing(name).instrument, QUARTER)[0] for name in names or (COIN,)]
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
    assert found[5][2] == MONDAY + QUARTER.ns + LATE_FEED


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
        (source,) = find_sources(stage.catalog, load_listing(name).instrument, QUARTER)
        wanted = signal_bar_type(source, VENUES[lane])
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
    assert first == MONDAY + 3 * QUARTER.ns + LATE_FEED


def test_a_gap_has_no_quotes_and_ends_with_the_open_of_the_bar_after_it(stage: Stage) -> None:
    stage.bars(COIN, QUARTER, rising(9).take(np.array([0, 1, 6, 7])))
    stamps = [ts - MONDAY for kind, _, ts in kinds(feed(stage, exact=True)) if kind == "QuoteTick"]
    assert next(ts for ts in stamps if ts >= 2 * QUARTER.ns) == 6 * QUARTER.ns + LATE_FEED


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
    assert found == [("MarkPriceUpdate", 2_000), ("FundingRateUpdate", 750), ("Bar", 0)]


def test_contracts_are_quoted_from_the_catalog_and_their_share_is_traded_for_the_settlement(stage: Stage) -> None:
    opening = MONDAY + 29 * HOUR // 2
    stage.bars(SHARE, QUARTER, bars_along(np.full(5, 600.0), QUARTER, opening))
    ts = opening + QUARTER.ns * np.array([1, 3])
    flat = np.full(2, 2.0)
    (name,) = stage.puts(SHARE, MONDAY + 117 * HOUR, {600: Quotes(ts, flat, flat + 0.1, flat, flat)})
    put = load_listing(name).instrument
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


def test_a_run_that_was_not_at_rest_tries_at_every_close_then_hourly_until_it_was() -> None:
    seams, minute = Seams(), 60 * 10**9
    assert seams.every(minute) == 1440 * minute
    assert [seams.tried(rested=False) for _ in range(60)] == [False] * 60
    assert (seams.every(minute), seams.wanted(minute)) == (minute, True)
    assert [seams.tried(rested=False) for _ in range(25)] == [False] * 23 + [True, False]
    assert seams.every(minute) == 60 * minute
    seams.tried(rested=True)
    assert seams.every(minute) == 1440 * minute


def test_a_midnight_that_is_not_kept_is_owed_nothing() -> None:
    assert not Seams(lambda _midnight: False).wanted(0)
