# file: tests/core/market/importers/testarchives.py
from __future__ import annotations

import gzip
import io
import json
import zipfile
from typing import Any

import numpy as np
import pytest

from tests.core.market.rowsfixture import ns
from tradingbot.core.market.columns import Bars, Funding, Kind, Quotes, Trades
from tradingbot.core.market.importers.columnnames import InstrumentUnits
from tradingbot.core.market.importers.recipe import ReadOptions
from tradingbot.core.market.series import Step

T0 = 1_735_689_600
HEADER = (
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore"
)


def klines(scale: int) -> str:
    rows = range(3)
    return "".join(
        f"{(T0 + 60 * row) * scale},{100 + row},{101 + row},{99 + row},{100.5 + row},{row + 1},"
        f"{(T0 + 60 * row + 60) * scale - 1},{(row + 1) * (100 + row)},2,3,4,0\n"
        for row in rows
    )


def zipped(text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("BTCUSDT-1m.csv", text)
    return packed.getvalue()


CONTENTS = {
    "plain.csv": klines(1_000),
    "header.csv": f"{HEADER}\n{klines(1_000)}",
    "micro.csv": klines(1_000_000),
    "packed.csv.gz": gzip.compress(klines(1_000).encode()),
    "packed.zip": zipped(klines(1_000_000)),
    "answer.json": json.dumps([line.split(",") for line in klines(1_000).splitlines()]),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_klines_become_bars_stamped_at_their_close(name: str, read: Any, write: Any) -> None:
    source, bars = read(write(name, CONTENTS[name]), Kind.BARS)
    assert (source.format, str(source.step), len(source.notes)) == ("binance", "1m", 1)
    assert "is left out, which agrees with it" in source.notes[0]
    assert isinstance(bars, Bars)
    assert bars.ts.tolist() == [(T0 + 60 * row) * 10**9 for row in (1, 2, 3)]
    assert np.column_stack([bars.open, bars.high, bars.low, bars.close, bars.volume])[1].tolist() == [
        101, 102, 100, 101.5, 2,
    ]  # fmt: skip


def test_a_switch_from_milliseconds_to_microseconds_inside_a_file_is_followed(read: Any, write: Any) -> None:
    late = klines(1_000_000).splitlines()[2]
    mixed = "\n".join([*klines(1_000).splitlines()[:2], late])
    _, bars = read(write("switch.csv", mixed), Kind.BARS)
    assert np.diff(bars.ts).tolist() == [60 * 10**9] * 2


def test_trades_and_aggregated_trades_know_the_aggressor_from_the_maker(read: Any, write: Any) -> None:
    text = f"7,100.5,0.25,25,{T0 * 1000},True\n8,100.4,0.5,50,{T0 * 1000 + 5},False\n"
    source, trades = read(write("trades.csv", text), Kind.TRADES)
    assert source.format == "binance"
    assert isinstance(trades, Trades)
    assert (trades.aggressor.tolist(), trades.trade_id.tolist(), trades.size.tolist()) == (
        [-1, 1], ["7", "8"], [0.25, 0.5],
    )  # fmt: skip
    assert trades.ts.tolist() == [T0 * 10**9, T0 * 10**9 + 5_000_000]
    header = "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker"
    text = f"{header}\n7,100.5,0.25,1,2,{T0 * 1000},true\n"
    source, trades = read(write("agg.csv", text), Kind.TRADES)
    assert source.format == "binance"
    assert (trades.price.tolist(), trades.size.tolist(), trades.aggressor.tolist()) == ([100.5], [0.25], [-1])


def test_funding_hours_become_minutes(read: Any, write: Any) -> None:
    text = (
        f"calc_time,funding_interval_hours,last_funding_rate\n{T0 * 1000},4,0.0001\n{(T0 + 14400) * 1000},4,-0.0002\n"
    )
    _, funding = read(write("funding.csv", text), Kind.FUNDING)
    assert isinstance(funding, Funding)
    assert (funding.rate.tolist(), funding.interval.tolist()) == ([0.0001, -0.0002], [240, 240])


HEADER_BYBIT = "timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue,homeNotional,foreignNotional"
ROWS = [
    "1580774402.1234,BTCUSDT,Sell,0.5,9330.5,MinusTick,a-1,1,0.5,1",
    "1580774402.1234,BTCUSDT,Buy,0.25,9331.0,PlusTick,a-2,1,0.25,1",
    "1580774403.5,BTCUSDT,Buy,1.5,9331.5,PlusTick,a-3,1,1.5,1",
]


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_day_of_trades_is_read_oldest_first(newest_first: bool, read: Any, write: Any) -> None:
    rows = ROWS[::-1] if newest_first else ROWS
    path = write("BTCUSDT.csv.gz", gzip.compress("\n".join([HEADER_BYBIT, *rows]).encode()))
    source, trades = read(path, Kind.TRADES)
    assert source.format == "bybit"
    assert any("newest" in note for note in source.notes) == newest_first
    assert isinstance(trades, Trades)
    assert trades.trade_id.tolist() == ["a-1", "a-2", "a-3"]
    assert trades.ts.tolist() == [1_580_774_402_123_400_000] * 2 + [1_580_774_403_500_000_000]
    assert (trades.aggressor.tolist(), trades.size.tolist()) == ([-1, 1, 1], [0.5, 0.25, 1.5])


def test_spot_trades_have_their_size_in_volume(read: Any, write: Any) -> None:
    text = "id,timestamp,price,volume,side\n1,1668124800123,17500.5,0.01,sell\n2,1668124800123,17500.6,0.02,buy\n"
    source, trades = read(write("spot.csv", text), Kind.TRADES)
    assert source.format == "bybit"
    assert (trades.size.tolist(), trades.aggressor.tolist()) == ([0.01, 0.02], [-1, 1])
    assert trades.ts[0] == 1_668_124_800_123_000_000


KLINES = {
    "start.csv": "start_at,symbol,period,open,high,low,close,volume\n"
    "1609459200,B,5,1,4,0.5,2,10\n1609459500,B,5,2,3,1,2,20\n",
    "mt4.csv": "2021.01.01 00:00,1,4,0.5,2,10\n2021.01.01 00:05,2,3,1,2,20\n",
    "api.csv": "startTime,openPrice,highPrice,lowPrice,closePrice,volume,turnover\n"
    "1609459200000,1,4,0.5,2,10,0\n1609459500000,2,3,1,2,20,0\n",
    "v5.json": json.dumps(
        [["1609459500000", "2", "3", "1", "2", "20", "0"], ["1609459200000", "1", "4", "0.5", "2", "10", "0"]]
    ),
}


@pytest.mark.parametrize("name", KLINES)
def test_klines_are_stamped_at_their_open(name: str, read: Any, write: Any) -> None:
    source, bars = read(write(name, KLINES[name]), Kind.BARS)
    assert (source.format, str(source.step)) == ("bybit", "5m")
    assert isinstance(bars, Bars)
    assert bars.ts.tolist() == [1_609_459_500 * 10**9, 1_609_459_800 * 10**9]
    assert (bars.high.tolist(), bars.volume.tolist()) == ([4, 3], [10, 20])


BARS = {
    "ascii.csv": "20120201 000000;1.3066;1.3067;1.30656;1.30658;0\n20120201 000100;1.3066;1.3067;1.3065;1.3066;0\n",
    "mt.csv": "2012.02.01,00:00,1.3066,1.3067,1.30656,1.30658,0\n2012.02.01,00:01,1.3066,1.3067,1.3065,1.3066,0\n",
}


@pytest.mark.parametrize("name", BARS)
def test_minutes_are_new_york_winter_time_stamped_at_the_open(name: str, read: Any, write: Any) -> None:
    source, bars = read(write(name, BARS[name]), Kind.BARS)
    assert source.format == "histdata"
    assert isinstance(bars, Bars)
    assert bars.ts.tolist() == [ns("2012-02-01T05:01"), ns("2012-02-01T05:02")]
    assert bars.low.tolist() == [1.30656, 1.3065]
    assert any("EST" in note for note in source.notes)


@pytest.mark.parametrize(
    "options",
    [ReadOptions(step=Step(1, "h")), ReadOptions(units=InstrumentUnits("BTC", "USDT"))],
    ids=["hours", "of a coin"],
)
def test_a_metatrader_file_that_histdata_does_not_have_is_not_on_its_clock(
    options: ReadOptions, read: Any, write: Any
) -> None:
    text = BARS["mt.csv"].replace("00:01", "01:00") if options.step else BARS["mt.csv"]
    source, bars = read(write("mt.csv", text), Kind.BARS, options)
    assert (source.format, source.clock.name) == ("generic", "UTC")
    assert bars.ts[0] == ns("2012-02-01T01:00") if options.step else ns("2012-02-01T00:01")
    assert bars.open[0] == 1.3066


def test_the_clock_of_a_format_is_not_given_by_a_person_and_has_no_daylight_saving(read: Any, write: Any) -> None:
    assert not read(write("mt.csv", BARS["mt.csv"]), Kind.BARS)[0].clock.given
    text = BARS["ascii.csv"].replace("201202", "201207")
    _, bars = read(write("summer.csv", text), Kind.BARS)
    assert bars.ts[0] == ns("2012-07-01T05:01")


def test_ticks_have_milliseconds_and_assumed_sizes(read: Any, write: Any) -> None:
    text = "20120201 000003660,1.306600,1.306770,0\n20120201 000003912,1.306590,1.306760,0\n"
    source, quotes = read(write("ticks.csv", text), Kind.QUOTES)
    assert isinstance(quotes, Quotes)
    assert quotes.ts.tolist() == [ns("2012-02-01T05:00:03.660"), ns("2012-02-01T05:00:03.912")]
    assert (quotes.bid.tolist(), quotes.bid_size.tolist()) == ([1.3066, 1.30659], [1e6, 1e6])
    assert any("no quote sizes" in note for note in source.notes)
