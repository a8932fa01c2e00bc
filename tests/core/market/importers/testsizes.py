# file: tests/core/market/importers/testsizes.py
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tradingbot.core.market.arrays import Kind
from tradingbot.core.market.importers import ReadOptions, Units

EUR, BTC = Units("EUR", "USD", True), Units("BTC", "USDT")
DUKASCOPY = "Gmt time,Ask,Bid,AskVolume,BidVolume\n2026-03-02 00:00:00.1,1.08502,1.08500,0.75,1.5\n"


@pytest.mark.parametrize(
    ("sizes", "units", "bid", "ask"),
    [
        ("0.75,1.5", EUR, 1_500_000, 750_000),
        ("750000,1500000", EUR, 1_500_000, 750_000),
        ("0.75,1.5", BTC, 1.5, 0.75),
        ("0,0", EUR, 0, 0),
    ],
)
def test_sizes_in_millions_are_units_and_told(
    sizes: str, units: Units, bid: float, ask: float, read: Callable[..., Any], write: Callable[..., Any]
) -> None:
    path = write("a.csv", DUKASCOPY.replace("0.75,1.5", sizes))
    source, quotes = read(path, Kind.QUOTES, ReadOptions(units=units))
    assert (quotes.bid_size[0], quotes.ask_size[0]) == (bid, ask)
    assert any("millions of EUR" in note for note in source.notes) == (bid == 1_500_000 and sizes == "0.75,1.5")
