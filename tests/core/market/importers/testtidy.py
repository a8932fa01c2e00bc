# file: tests/core/market/importers/testtidy.py
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from tradingbot.core.market.arrays import Bars, Kind, Marks, PriceSide, Quotes, Trades
from tradingbot.core.market.chunks import CHUNK_ROWS, stamps
from tradingbot.core.market.importers import ReadOptions, open_source

T0 = 1_735_689_600_000_000_000
MINUTE = 60_000_000_000


def ts(rows: int) -> pa.Array:
    return pa.array(T0 + MINUTE * np.arange(rows), pa.timestamp("ns", "UTC"))


def ohlc(rows: int, prefix: str = "", by: float = 0.0) -> dict[str, Any]:
    base = 100 + by + np.arange(rows) / 8
    names = [prefix + name for name in ("open", "high", "low", "close")]
    return dict(zip(names, (base, base + 2, base - 2, base + 1), strict=True))


SAVE = {
    "parquet": pq.write_table,
    "feather": feather.write_feather,
    "csv": pacsv.write_csv,
}


@pytest.mark.parametrize("suffix", SAVE)
def test_bars_keep_their_stamps(suffix: str, tmp_path: Path, read: Callable[..., Any]) -> None:
    path = tmp_path / f"bars.{suffix}"
    SAVE[suffix](pa.table({"ts_event": ts(5), **ohlc(5), "volume": np.arange(5.0)}), path)
    source, bars = read(path, Kind.BARS, ReadOptions())
    assert (source.format, str(source.step), source.notes) == ("tidy", "1m", ())
    assert isinstance(bars, Bars)
    assert bars.ts.tolist() == [T0 + MINUTE * row for row in range(5)]
    assert (bars.low.tolist()[1], bars.volume.tolist()) == (98.125, [0, 1, 2, 3, 4])


def test_bid_and_ask_pairs_become_three_sides(tmp_path: Path, read: Callable[..., Any]) -> None:
    sides = ohlc(3) | ohlc(3, "bid_", -0.5) | ohlc(3, "ask_", 0.5)
    pq.write_table(pa.table({"ts_event": ts(3), **sides}), tmp_path / "pairs.parquet")
    _, found = read(tmp_path / "pairs.parquet", Kind.BARS, ReadOptions())
    assert {side: bars.close[0] for side, bars in found.items()} == {
        PriceSide.BID: 100.5,
        PriceSide.ASK: 101.5,
        PriceSide.MID: 101.0,
    }


def test_marks_are_the_close_or_the_price(tmp_path: Path, read: Callable[..., Any]) -> None:
    pq.write_table(pa.table({"ts_event": ts(3), **ohlc(3)}), tmp_path / "candles.parquet")
    pq.write_table(pa.table({"ts_event": ts(3), "price": [1.0, 2.0, 3.0]}), tmp_path / "prices.parquet")
    _, candles = read(tmp_path / "candles.parquet", Kind.MARKS, ReadOptions())
    _, prices = read(tmp_path / "prices.parquet", Kind.MARKS, ReadOptions())
    assert isinstance(candles, Marks)
    assert (candles.price[0], prices.price.tolist()) == (101, [1, 2, 3])


def test_quotes_and_trades_keep_nanoseconds_and_order(tmp_path: Path, read: Callable[..., Any]) -> None:
    when = pa.array([T0 + 167, T0 + 167, T0 + 168], pa.timestamp("ns", "UTC"))
    quotes = {"bid": [1.0, 1.1, 1.2], "bid_size": [5.0] * 3, "ask": [2.0] * 3, "ask_size": [6.0] * 3}
    trades = {"price": [1.0, 1.1, 1.2], "size": [1.0] * 3, "aggressor": ["BUY", "SELL", None], "trade_id": [7, 8, 9]}
    pq.write_table(pa.table({"ts_event": when, **quotes}), tmp_path / "q.parquet")
    pq.write_table(pa.table({"ts_event": when, **trades}), tmp_path / "t.parquet")
    _, read_quotes = read(tmp_path / "q.parquet", Kind.QUOTES, ReadOptions())
    _, read_trades = read(tmp_path / "t.parquet", Kind.TRADES, ReadOptions())
    assert isinstance(read_quotes, Quotes)
    assert isinstance(read_trades, Trades)
    assert (read_quotes.ts.tolist(), read_quotes.bid.tolist()) == ([T0 + 167, T0 + 167, T0 + 168], [1.0, 1.1, 1.2])
    assert (read_trades.aggressor.tolist(), read_trades.trade_id.tolist()) == ([1, -1, 0], ["7", "8", "9"])


def test_a_long_file_comes_in_bounded_chunks(tmp_path: Path) -> None:
    rows = CHUNK_ROWS + 100
    pq.write_table(pa.table({"ts_event": ts(rows), **ohlc(rows)}), tmp_path / "long.parquet")
    source = open_source(tmp_path / "long.parquet", Kind.BARS)
    assert (source.rows, [len(stamps(chunk)) for chunk in source.chunks()]) == (rows, [CHUNK_ROWS, 100])


REAL = [
    ("crypto_perp/bybit/BTCUSDT-PERP.5m.parquet", Kind.BARS, 63_072),
    ("crypto_perp/bybit/BTCUSDT-PERP.funding.parquet", Kind.FUNDING, 656),
    ("crypto_perp/bybit/BTCUSDT-PERP.mark.1h.parquet", Kind.MARKS, 5_256),
    ("forex/oanda/EURUSD.1h.bidask.parquet", Kind.BARS, 62_116),
    ("ticks/binance_BTCUSDT-PERP.20240808.trades.parquet", Kind.TRADES, 21_313),
    ("ticks/binance_BTCUSDT-PERP.20240808.quotes.parquet", Kind.QUOTES, 66_089),
]


@pytest.mark.realdata
@pytest.mark.parametrize(("name", "kind", "rows"), REAL)
def test_real_files_are_read_whole(name: str, kind: Kind, rows: int, realdata: Path) -> None:
    source = open_source(realdata / name, kind)
    assert (source.format, sum(len(stamps(chunk)) for chunk in source.chunks())) == ("tidy", rows)
