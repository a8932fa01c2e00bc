# file: tests/core/market/importers/testcolumnnames.py
from __future__ import annotations

from typing import Any

import pytest

from tradingbot.core.errors import DataDefect
from tradingbot.core.market.columns import Kind
from tradingbot.core.market.importers.columnnames import InstrumentUnits, is_other
from tradingbot.core.market.importers.recipe import ReadOptions

BTC, SHIB, COIN, EUR = (
    InstrumentUnits("BTC", "USDT"), InstrumentUnits("1000SHIB", "USDT"), InstrumentUnits("SHIB", "USDT"),
    InstrumentUnits("EUR", "USD", True),
)  # fmt: skip


@pytest.mark.parametrize(
    ("symbol", "units"),
    [
        ("BTCUSDT", BTC), ("BTC/USD", BTC), ("BTC/USDT:USDT", BTC), ("BINANCE:BTCUSDT", BTC), ("BTC-USDT-SWAP", BTC),
        ("tBTCUSD", BTC), ("XBTUSD", BTC), ("btcbusd", BTC), ("1000SHIBUSDT", SHIB), ("EUR/USD", EUR), ("EURUSD", EUR),
        ("Bitcoin", BTC), ("BTC", BTC), ("BTCUSDT.P", BTC), ("USD", BTC), ("ETHUSDT", InstrumentUnits()),
    ],
)  # fmt: skip
def test_a_symbol_that_is_the_instruments_or_says_nothing_is_taken(symbol: str, units: InstrumentUnits) -> None:
    assert not is_other(symbol, units)


@pytest.mark.parametrize(
    ("symbol", "units"),
    [
        ("ETHUSDT", BTC), ("BTCEUR", BTC), ("ETHBTC", BTC), ("SHIBUSDT", SHIB), ("1000SHIBUSDT", COIN), ("GBPUSD", EUR),
        ("BINANCE:ETHUSDT", BTC), ("ETH-USDT-SWAP", BTC), ("ETH/USDT:USDT", BTC),
    ],
)  # fmt: skip
def test_another_pairs_symbol_is_known(symbol: str, units: InstrumentUnits) -> None:
    assert is_other(symbol, units)


def rows(*symbols: str) -> str:
    lines = [f"2026-03-0{day + 1},{symbol},1,2,0.5,1,7" for day, symbol in enumerate(symbols)]
    return "\n".join(["date,symbol,open,high,low,close,volume", *lines]) + "\n"


def test_a_file_of_the_coin_is_read_and_of_another_or_of_several_refused(read: Any, write: Any) -> None:
    path = write("a.csv", rows("ETHUSDT", "ETHUSDT"))
    with pytest.raises(DataDefect, match="its rows are of 'ETHUSDT', the instrument trades BTC for USDT"):
        read(path, Kind.BARS, ReadOptions(units=BTC))
    path = write("a.csv", rows("BTCUSDT", "ETHUSDT"))
    with pytest.raises(DataDefect, match="it has rows of BTCUSDT, ETHUSDT; import a file of one instrument"):
        read(path, Kind.BARS, ReadOptions(units=BTC))
    assert len(read(write("a.csv", rows("BTC/USD", "BTC/USD")), Kind.BARS, ReadOptions(units=BTC))[1]) == 2
