# file: tests/core/market/importers/testvolumes.py
"""0.8 BTC an hour, or 1,000,000 of 1000SHIB, in every way that vendors write it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.errors import BadInput, DataDefect
from tradingbot.core.market.columns import Kind
from tradingbot.core.market.importers.columnnames import InstrumentUnits, VolumeUnit, volume_columns
from tradingbot.core.market.importers.recipe import ReadOptions
from tradingbot.core.market.importers.volumes import Fit, fit

BTC = InstrumentUnits("BTC", "USDT")
SHIB = InstrumentUnits("1000SHIB", "USDT")
EUR = InstrumentUnits("EUR", "USD", True)
T0 = 1_772_323_200


def table(header: str, cells: str, base: float = 0.8, price: float = 60_000.0) -> str:
    """Return 24 hours; in `cells` t is the time, o h l c the prices, b base and q quote units, n contracts of 0.01."""
    lines = [header] if header else []
    for hour in range(24):
        last = price * (1 + 0.001 * (hour % 5))
        low, high = last * 0.99, last * 1.01
        known = {"t": T0 + 3_600 * hour, "o": last, "h": high, "l": low, "c": last, "b": base, "q": base * last}
        known |= {"n": 100 * base, "ms": 1_000 * (T0 + 3_600 * hour), "0": 0, "s": 1_000 * base, "i": base * last / 100}
        lines.append(",".join(str(known.get(cell, cell)) for cell in cells.split()))
    return "\n".join(lines) + "\n"


VENDORS = {
    "CryptoDataDownload": ("unix,symbol,open,high,low,close,Volume BTC,Volume USD", "t BTC/USD o h l c b q"),
    "CryptoDataDownload, other": ("unix,open,high,low,close,Volume USDT,Volume BTC,tradecount", "t o h l c q b 5"),
    "Bitstamp by Kaggle": ("Timestamp,Open,High,Low,Close,Volume_(BTC),Volume_(Currency)", "t o h l c b q"),
    "Binance": (
        "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore",
        "ms o h l c b ms q 5 b q 0",
    ),
    "Binance by pandas": (
        "Open time,Open,High,Low,Close,Volume,Close time,Quote asset volume,Number of trades", "ms o h l c b ms q 5",
    ),
    "Binance without header": ("", "ms o h l c b ms q 5 b q 0"),
    "Binance coin-margined": ("", "ms o h l c i ms b 5 b q 0"),
    "Bybit": ("startTime,openPrice,highPrice,lowPrice,closePrice,volume,turnover", "ms o h l c b q"),
    "Bybit inverse": ("startTime,openPrice,highPrice,lowPrice,closePrice,volume,turnover", "ms o h l c q b"),
    "Yahoo": ("Date,Open,High,Low,Close,Adj Close,Volume", "t o h l c c q"),
    "OKX spot": ("ts,o,h,l,c,vol,volCcy,volCcyQuote,confirm", "ms o h l c b q q 1"),
    "OKX swap": ("ts,o,h,l,c,vol,volCcy,volCcyQuote,confirm", "ms o h l c n b q 1"),
    "OKX swap, older": ("ts,o,h,l,c,vol,volCcy", "ms o h l c n b"),
    "OKX archive": ("instrument_name,open,high,low,close,vol,vol_ccy,vol_quote,open_time", "X o h l c n b q ms"),
    "HTX": ("time,open,close,low,high,amount,vol,count", "t o c l h b q 3"),
    "Gate futures": ("time,open,high,low,close,v,sum", "t o h l c n q"),
    "Bitget": ("timestamp,open,high,low,close,baseVolume,quoteVolume,usdtVolume", "ms o h l c b q q"),
    "CryptoCompare": ("time,high,low,open,volumefrom,volumeto,close", "t h l o b q c"),
    "Kraken": ("time,open,high,low,close,vwap,volume,count", "t o h l c c b 3"),
    "Kraken's name of bitcoin": ("time,open,high,low,close,Volume USD,Volume XBT", "t o h l c q b"),
    "Coinbase": ("time,low,high,open,close,volume", "t l h o c b"),
    "TradingView": ("time,open,high,low,close,Volume MA,Volume", "t o h l c 7 b"),
    "lots of a hundredth": ("time,open,high,low,close,volume,turnover", "t o h l c n q"),
    "the same twice": ("time,open,high,low,close,volume,quoteVolume", "t o h l c q q"),
    "quote alone": ("time,open,high,low,close,Volume USDT", "t o h l c q"),
    "turnover alone": ("time,open,high,low,close,turnover", "t o h l c q"),
    "a loose column beside": ("time,open,high,low,close,volume,qty", "t o h l c b 17.3"),
}  # fmt: skip


@pytest.mark.parametrize("name", VENDORS)
def test_the_base_units_are_found_in_every_vendors_file(name: str, read: Any, write: Any) -> None:
    source, bars = read(write("a.csv", table(*VENDORS[name])), Kind.BARS, ReadOptions(units=BTC))
    assert bars.volume == pytest.approx(np.full(24, 0.8), rel=1e-12)
    assert any("BTC" in note or "volume is" in note for note in source.notes)


REFUSED = {
    "names and numbers contradict": ("time,open,high,low,close,Volume USDT,Volume BTC", "t o h l c b q"),
    "another quote": ("time,open,high,low,close,Volume BTC,Volume EUR", "t o h l c b q"),
    "another coin": ("time,open,high,low,close,Volume ETH,Volume USDT", "t o h l c b q"),
    "no unit at all": ("time,open,high,low,close,amount", "t o h l c b"),
    "no sense at all": ("time,open,high,low,close,volume,turnover", "t o h l c b 17.3"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_whose_base_units_are_not_to_be_told_is_refused(name: str, read: Any, write: Any) -> None:
    path = write("a.csv", table(*REFUSED[name]))
    with pytest.raises(DataDefect, match=r"--column volume=NAME"):
        read(path, Kind.BARS, ReadOptions(units=BTC))


def test_a_person_may_name_the_column_and_its_unit(read: Any, write: Any) -> None:
    path = write("a.csv", table("time,open,high,low,close,amount", "t o h l c q"))
    _, quote = read(path, Kind.BARS, ReadOptions(columns={"quote_volume": "amount"}, units=BTC))
    _, base = read(path, Kind.BARS, ReadOptions(columns={"volume": "amount"}, units=BTC))
    assert quote.volume == pytest.approx(np.full(24, 0.8))
    assert base.volume[0] == 48_000
    with pytest.raises(BadInput, match="both volume and quote_volume"):
        read(path, Kind.BARS, ReadOptions(columns={"volume": "amount", "quote_volume": "amount"}, units=BTC))


def test_a_thousandfold_contract_counts_thousands(read: Any, write: Any) -> None:
    text = table("time,open,high,low,close,Volume SHIB,Volume USDT", "t o h l c s q", 1e6, 0.0132)
    _, bars = read(write("a.csv", text), Kind.BARS, ReadOptions(units=SHIB))
    assert bars.volume == pytest.approx(np.full(24, 1e6))
    single = table("time,open,high,low,close,Volume SHIB,Volume USDT", "t o h l c b q", 1e9, 0.0000132)
    with pytest.raises(DataDefect, match="the prices are not those of one 1000SHIB"):
        read(write("b.csv", single), Kind.BARS, ReadOptions(units=SHIB))
    alone = table("time,open,high,low,close,Volume SHIB", "t o h l c s", 1e6, 0.0132)
    with pytest.raises(DataDefect, match="does not count 1000SHIB"):
        read(write("c.csv", alone), Kind.BARS, ReadOptions(units=SHIB))


def test_ticks_are_kept_where_no_fill_depends_on_them_and_real_volume_wins(read: Any, write: Any) -> None:
    path = write("a.csv", table("time,open,high,low,close,tick_volume,real_volume", "t o h l c 1234 0"))
    forex, kept = read(path, Kind.BARS, ReadOptions(units=EUR))
    coin, dropped = read(path, Kind.BARS, ReadOptions(units=BTC))
    assert (kept.volume[0], dropped.volume[0]) == (1234, 0)
    assert any("counts ticks and is kept" in note for note in forex.notes)
    assert any("counts ticks, not BTC, and is left out" in note for note in coin.notes)
    path = write("a.csv", table("time,open,high,low,close,tick_volume,real_volume", "t o h l c 1234 b"))
    assert read(path, Kind.BARS, ReadOptions(units=BTC))[1].volume[0] == 0.8


def test_a_volume_of_no_stated_unit_is_taken_as_base_and_noted(read: Any, write: Any, tmp_path: Path) -> None:
    source, _ = read(write("a.csv", table("time,open,high,low,close,volume", "t o h l c b")), Kind.BARS,
                     ReadOptions(units=BTC))  # fmt: skip
    assert "'volume' is taken as BTC; --column quote_volume='volume' if it counts USDT" in source.notes


@given(st.floats(1e-6, 1e6), st.floats(1e-3, 1e9), st.floats(0.95, 1.05))
def test_price_times_base_is_quote_for_any_price_and_volume(price: float, volume: float, drift: float) -> None:
    p, b = np.full(9, price), volume * np.arange(1.0, 10.0)
    assert fit(np.asarray(b), np.asarray(b * p * drift), p) is Fit.BASE


def test_columns_belong_together_by_hand_and_those_that_only_sound_like_a_volume_are_none() -> None:
    p, b = np.array([50.0, 51.0]), np.array([2.0, 4.0])
    assert fit(b, b, p) is Fit.TWICE
    assert fit(b * p, b, p) is Fit.SWAPPED
    assert fit(1_000 * b, b * p, p) is Fit.CONTRACTS
    assert fit(b * p / 100, b, p) is Fit.INVERSE
    assert fit(b * 1_000, b, p) is Fit.LOTS
    assert fit(b * 7, b, p) is Fit.NONE
    assert fit(b * 0, b, p) is None
    names = ["Volume MA", "taker_buy_quote_asset_volume", "volume_24h", "Volume BTC", "Volume Change", "close_time"]
    assert volume_columns(names, BTC) == {"Volume BTC": VolumeUnit.BASE}


@pytest.mark.parametrize("columns", ["buy_volume,sell_volume", "size", "volume_24h", "Lots"])
def test_columns_that_may_be_a_volume_are_named_when_they_are_left_out(columns: str, read: Any, write: Any) -> None:
    text = table(f"time,open,high,low,close,{columns}", "t o h l c " + " ".join("b" for _ in columns.split(",")))
    source, bars = read(write("a.csv", text), Kind.BARS, ReadOptions(units=BTC))
    assert bars.volume.tolist() == [0.0] * 24
    named = ", ".join(map(repr, columns.split(",")))
    said = f"the volume is 0: {named} may count anything and is left out; --column volume=NAME if it counts BTC"
    assert said in source.notes
