# file: tests/core/market/importers/testspreads.py
"""MetaTrader's exports: bars of bids whose asks lie a number of points above."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tradingbot.core.market.columns import Bars, Kind, PriceSide
from tradingbot.core.market.importers.columnnames import InstrumentUnits
from tradingbot.core.market.importers.recipe import ReadOptions

EUR = InstrumentUnits("EUR", "USD", True)
BTC = InstrumentUnits("BTC", "USDT")
HEADER = "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>"
BID, ASK = PriceSide.BID, PriceSide.ASK


def export(*rows: str) -> str:
    lines = [f"2026.03.02\t{hour:02d}:00:00\t{row}" for hour, row in enumerate(rows)]
    return "\n".join([HEADER, *(line.replace(" ", "\t") for line in lines)]) + "\n"


def test_the_ask_is_the_bid_and_the_points(read: Any, write: Any) -> None:
    text = export("1.0850 1.0870 1.0840 1.08605 120 0 12", "1.08605 1.0870 1.0850 1.0860 99 0 3")
    source, bars = read(write("a.csv", text), Kind.BARS, ReadOptions(units=EUR))
    assert bars[BID].close.tolist() == [1.08605, 1.0860]
    assert np.round(bars[ASK].close, 5).tolist() == [1.08617, 1.08603]
    assert np.round(bars[ASK].high, 5).tolist() == [1.08712, 1.08703]
    assert bars[ASK].volume.tolist() == [120, 99]
    said = (
        "the prices are taken as bids; asks are bids + '<SPREAD>' x 0.00001, 7.5 points on average in the first 2 rows"
    )
    assert said in source.notes


@pytest.mark.parametrize(
    ("row", "units", "said"),
    [
        ("1.0850 1.0870 1.0840 1.08605 120 0 0", EUR, "it is 0 in all of the first 2 rows"),
        ("1.0850 1.0870 1.0840 1.08605 120 0 1.2", EUR, "its values are not whole points"),
        ("1.0850 1.0870 1.0840 1.08605 120 0 -3", EUR, "its values are not whole points"),
        ("1.0850 1.0870 1.0840 1.08605 120 0 5000", EUR, "as points of 1e-05 it would be 4.6% of the price"),
        ("60000.0 60010.0 59990.0 60000.5 120 7 15", BTC, "the prices are last prices, not bids"),
    ],
)
def test_a_spread_that_makes_no_asks_is_named_as_left_out(
    row: str, units: InstrumentUnits, said: str, read: Any, write: Any
) -> None:
    source, bars = read(write("a.csv", export(row, row)), Kind.BARS, ReadOptions(units=units))
    assert isinstance(bars, Bars)
    assert any("the column '<SPREAD>' is left out: " in note and said in note for note in source.notes)


def test_a_coin_at_such_a_broker_has_sides_and_no_volume(read: Any, write: Any) -> None:
    row = "60000.00 60010.00 59990.00 60000.50 120 0 1500"
    _, bars = read(write("a.csv", export(row, row)), Kind.BARS, ReadOptions(units=BTC))
    assert (bars[BID].open[0], bars[ASK].open[0], bars[BID].volume[0]) == (60_000, 60_015, 0)


@pytest.mark.parametrize(("name", "said"), [("EURUSD_Candlestick_1_h_BID_01.csv", True), ("forbidden.csv", False)])
def test_a_file_of_one_side_is_told_what_becomes_of_it(name: str, said: bool, read: Any, write: Any) -> None:
    text = "Gmt time,Open,High,Low,Close,Volume\n2026-03-02 00:00,1,2,0.5,1,7\n2026-03-02 01:00,1,2,0.5,1,7\n"
    source, _ = read(write(name, text), Kind.BARS, ReadOptions(units=EUR))
    assert any("the file's name says BID" in note for note in source.notes) == said


EUR_SIZES, BTC_SIZES = InstrumentUnits("EUR", "USD", True), InstrumentUnits("BTC", "USDT")
DUKASCOPY = "Gmt time,Ask,Bid,AskVolume,BidVolume\n2026-03-02 00:00:00.1,1.08502,1.08500,0.75,1.5\n"


@pytest.mark.parametrize(
    ("sizes", "units", "bid", "ask"),
    [
        ("0.75,1.5", EUR_SIZES, 1_500_000, 750_000), ("750000,1500000", EUR_SIZES, 1_500_000, 750_000),
        ("0.75,1.5", BTC_SIZES, 1.5, 0.75), ("0,0", EUR_SIZES, 0, 0),
    ],
)  # fmt: skip
def test_sizes_in_millions_are_units_and_noted(
    sizes: str, units: InstrumentUnits, bid: float, ask: float, read: Any, write: Any
) -> None:
    path = write("a.csv", DUKASCOPY.replace("0.75,1.5", sizes))
    source, quotes = read(path, Kind.QUOTES, ReadOptions(units=units))
    assert (quotes.bid_size[0], quotes.ask_size[0]) == (bid, ask)
    assert any("millions of EUR" in note for note in source.notes) == (bid == 1_500_000 and sizes == "0.75,1.5")
