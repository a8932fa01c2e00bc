# file: tests/core/market/importers/testbinance.py
from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tradingbot.core.market.arrays import Bars, Funding, Kind, Trades
from tradingbot.core.market.importers import ReadOptions

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
def test_klines_become_bars_stamped_at_their_close(
    name: str, read: Callable[..., Any], write: Callable[..., Any]
) -> None:
    source, bars = read(write(name, CONTENTS[name]), Kind.BARS, ReadOptions())
    assert (source.format, str(source.step), len(source.notes)) == ("binance", "1m", 1)
    assert "is left out, which agrees with it" in source.notes[0]
    assert isinstance(bars, Bars)
    assert bars.ts.tolist() == [(T0 + 60 * row) * 10**9 for row in (1, 2, 3)]
    assert np.column_stack([bars.open, bars.high, bars.low, bars.close, bars.volume])[1].tolist() == [
        101,
        102,
        100,
        101.5,
        2,
    ]


def test_a_switch_from_milliseconds_to_microseconds_inside_a_file_is_followed(
    read: Callable[..., Any], write: Callable[..., Any]
) -> None:
    late = klines(1_000_000).splitlines()[2]
    mixed = "\n".join([*klines(1_000).splitlines()[:2], late])
    _, bars = read(write("switch.csv", mixed), Kind.BARS, ReadOptions())
    assert np.diff(bars.ts).tolist() == [60 * 10**9] * 2


def test_trades_know_the_aggressor_from_the_maker(read: Callable[..., Any], write: Callable[..., Any]) -> None:
    text = f"7,100.5,0.25,25,{T0 * 1000},True\n8,100.4,0.5,50,{T0 * 1000 + 5},False\n"
    source, trades = read(write("trades.csv", text), Kind.TRADES, ReadOptions())
    assert source.format == "binance"
    assert isinstance(trades, Trades)
    assert (trades.aggressor.tolist(), trades.trade_id.tolist(), trades.size.tolist()) == (
        [-1, 1],
        ["7", "8"],
        [0.25, 0.5],
    )
    assert trades.ts.tolist() == [T0 * 10**9, T0 * 10**9 + 5_000_000]


def test_aggregated_trades_are_read_with_their_header(read: Callable[..., Any], write: Callable[..., Any]) -> None:
    header = "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker"
    text = f"{header}\n7,100.5,0.25,1,2,{T0 * 1000},true\n"
    source, trades = read(write("agg.csv", text), Kind.TRADES, ReadOptions())
    assert source.format == "binance"
    assert (trades.price.tolist(), trades.size.tolist(), trades.aggressor.tolist()) == ([100.5], [0.25], [-1])


def test_funding_hours_become_minutes(read: Callable[..., Any], write: Callable[..., Any]) -> None:
    text = (
        f"calc_time,funding_interval_hours,last_funding_rate\n{T0 * 1000},4,0.0001\n{(T0 + 14400) * 1000},4,-0.0002\n"
    )
    _, funding = read(write("funding.csv", text), Kind.FUNDING, ReadOptions())
    assert isinstance(funding, Funding)
    assert (funding.rate.tolist(), funding.interval.tolist()) == ([0.0001, -0.0002], [240, 240])
