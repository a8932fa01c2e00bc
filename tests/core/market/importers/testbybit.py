# file: tests/core/market/importers/testbybit.py
from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from tradingbot.core.market.arrays import Bars, Kind, Trades
from tradingbot.core.market.importers import ReadOptions

HEADER = "timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue,homeNotional,foreignNotional"
ROWS = [
    "1580774402.1234,BTCUSDT,Sell,0.5,9330.5,MinusTick,a-1,1,0.5,1",
    "1580774402.1234,BTCUSDT,Buy,0.25,9331.0,PlusTick,a-2,1,0.25,1",
    "1580774403.5,BTCUSDT,Buy,1.5,9331.5,PlusTick,a-3,1,1.5,1",
]


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_day_of_trades_is_read_oldest_first(
    newest_first: bool, read: Callable[..., Any], write: Callable[..., Any]
) -> None:
    rows = ROWS[::-1] if newest_first else ROWS
    path = write("BTCUSDT.csv.gz", gzip.compress("\n".join([HEADER, *rows]).encode()))
    source, trades = read(path, Kind.TRADES, ReadOptions())
    assert source.format == "bybit"
    assert any("newest" in note for note in source.notes) == newest_first
    assert isinstance(trades, Trades)
    assert trades.trade_id.tolist() == ["a-1", "a-2", "a-3"]
    assert trades.ts.tolist() == [1_580_774_402_123_400_000] * 2 + [1_580_774_403_500_000_000]
    assert (trades.aggressor.tolist(), trades.size.tolist()) == ([-1, 1, 1], [0.5, 0.25, 1.5])


def test_spot_trades_have_their_size_in_volume(read: Callable[..., Any], write: Callable[..., Any]) -> None:
    text = "id,timestamp,price,volume,side\n1,1668124800123,17500.5,0.01,sell\n2,1668124800123,17500.6,0.02,buy\n"
    source, trades = read(write("spot.csv", text), Kind.TRADES, ReadOptions())
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
def test_klines_are_stamped_at_their_open(name: str, read: Callable[..., Any], write: Callable[..., Any]) -> None:
    source, bars = read(write(name, KLINES[name]), Kind.BARS, ReadOptions())
    assert (source.format, str(source.step)) == ("bybit", "5m")
    assert isinstance(bars, Bars)
    assert bars.ts.tolist() == [1_609_459_500 * 10**9, 1_609_459_800 * 10**9]
    assert (bars.high.tolist(), bars.volume.tolist()) == ([4, 3], [10, 20])
