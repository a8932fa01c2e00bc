# file: tests/core/market/importers/testgeneric.py
from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from tradingbot.core.errors import BadInput, DataDefect
from tradingbot.core.market.chunks import CHUNK_ROWS, stamps
from tradingbot.core.market.columns import Bars, Funding, Kind, Marks, PriceSide, Quotes, Trades
from tradingbot.core.market.importers.opening import open_source
from tradingbot.core.market.importers.recipe import ReadOptions
from tradingbot.core.market.series import Step
from tradingbot.core.time import MINUTE

T0, HOUR = 1_735_689_600, 3_600


def table(path: Path, step: int, **columns: list[float]) -> Path:
    rows = len(next(iter(columns.values())))
    date = pa.array([T0 + step * row for row in range(rows)], pa.timestamp("s", "UTC")).cast(pa.timestamp("ms", "UTC"))
    feather.write_feather(pa.table({"date": date, **columns}), path)
    return path


def test_candles_are_stamped_at_their_open(tmp_path: Path, read: Any) -> None:
    prices = {"open": [1.0, 2.0], "high": [3.0, 3.0], "low": [0.5, 1.0], "close": [2.0, 2.5], "volume": [10.0, 20.0]}
    source, bars = read(table(tmp_path / "a.feather", HOUR, **prices), Kind.BARS)
    assert (source.format, source.rows, str(source.step)) == ("freqtrade", 2, "1h")
    assert isinstance(bars, Bars)
    assert bars.ts.tolist() == [(T0 + HOUR) * 10**9, (T0 + 2 * HOUR) * 10**9]


def test_funding_keeps_the_rate_in_open_and_marks_the_close_at_the_close(tmp_path: Path, read: Any) -> None:
    zero = [0.0, 0.0, 0.0]
    path = table(tmp_path / "f.feather", 8 * HOUR, open=[0.0001, -0.0002, 0.0], high=zero, low=zero, close=zero)
    _, funding = read(path, Kind.FUNDING)
    assert isinstance(funding, Funding)
    assert (funding.rate.tolist(), funding.interval.tolist()) == ([0.0001, -0.0002, 0.0], [480, 480, 480])
    assert funding.ts[0] == T0 * 10**9
    path = table(tmp_path / "m.feather", HOUR, open=[1.0, 2.0], high=[3.0, 3.0], low=[0.5, 1.0], close=[2.0, 2.5])
    _, marks = read(path, Kind.MARKS)
    assert isinstance(marks, Marks)
    assert (marks.price.tolist(), marks.ts[0]) == ([2.0, 2.5], (T0 + HOUR) * 10**9)


@pytest.mark.realdata
def test_real_files_read_as_their_tidy_twins(realdata: Path, read: Any) -> None:
    raw = realdata / "raw/pennyqiu__freqtradeEthan/user_data/data/bybit/BTC_USDT-5m.feather"
    _, ours = read(raw, Kind.BARS)
    _, theirs = read(realdata / "crypto_spot/bybit/BTCUSDT.5m.parquet", Kind.BARS)
    assert ours.ts.tolist() == theirs.ts.tolist()
    assert ours.close.tolist() == theirs.close.tolist()


VALUES = ["1,4,0.5,2,10", "2,3,1,2,20"]


def csv(header: str, times: list[str]) -> str:
    return "\n".join([header, *(f"{time},{values}" for time, values in zip(times, VALUES, strict=True))]) + "\n"


TIMES = {
    "Date": ["2025-01-01 00:00:00", "2025-01-01 01:00:00"],
    "Datetime": ["2025-01-01T00:00:00Z", "2025-01-01T01:00:00Z"],
    "datetime": ["2025-01-01 01:00:00+01:00", "2025-01-01 02:00:00+01:00"],
    "time": [str(T0), str(T0 + HOUR)],
    "timestamp": [str(T0 * 1_000), str((T0 + HOUR) * 1_000)],
    "Open time": [str(T0 * 10**6), str((T0 + HOUR) * 10**6)],
    "ts": [str(T0 * 10**9), str((T0 + HOUR) * 10**9)],
    "Unix Timestamp": [f"{T0}.0", f"{T0 + HOUR}.0"],
    "": ["2025-01-01 00:00", "2025-01-01 01:00"],
    "<DATE>,<TIME>": ["2025.01.01,00:00:00", "2025.01.01,01:00:00"],
    "Date,Time": ["20250101,000000", "20250101,010000"],
    "GMT time": ["2025/01/01 00:00", "2025/01/01 01:00"],
    "DATE": ["20250101 000000", "20250101 010000"],
}


@pytest.mark.parametrize("name", TIMES)
def test_every_usual_way_to_write_time_is_understood(name: str, read: Any, write: Any) -> None:
    source, bars = read(
        write("a.csv", csv(f"{name},Open,HIGH,low,Close,Volume", TIMES[name])), Kind.BARS, ReadOptions()
    )
    assert (source.format, str(source.step)) == ("generic", "1h")
    assert bars.ts.tolist() == [(T0 + HOUR) * 10**9, (T0 + 2 * HOUR) * 10**9]
    assert (bars.open.tolist(), bars.volume.tolist()) == ([1, 2], [10, 20])
    assert any("--stamp close" in note for note in source.notes)


def test_the_adjusted_close_is_not_the_close_and_bitfinex_has_the_close_second(read: Any, write: Any) -> None:
    text = "Date,Open,High,Low,Close,Adj Close,Volume\n2025-01-01,1,4,0.5,2,99,10\n2025-01-02,2,3,1,2,99,20\n"
    _, bars = read(write("yahoo.csv", text), Kind.BARS)
    assert bars.close.tolist() == [2, 2]
    text = "[[1514764800000,13763,13753,13788,13752.5,5.1],[1514764860000,13763,13772,13773,13741,15.5]]"
    _, bars = read(write("a.json", text), Kind.BARS)
    assert (bars.close.tolist(), bars.high.tolist(), bars.low.tolist()) == (
        [13753, 13772], [13788, 13773], [13752.5, 13741],
    )  # fmt: skip


def test_columns_are_mapped_by_hand_or_by_number_where_there_is_no_header(read: Any, write: Any) -> None:
    names = {"time": "Zeit", "open": "Anfang", "high": "Hoch", "low": "Tief", "close": "Ende"}
    text = csv("Zeit,Anfang,Hoch,Tief,Ende,Volume", TIMES["Date"])
    _, bars = read(write("german.csv", text.replace(",", ";")), Kind.BARS, ReadOptions(columns=names))
    assert (bars.low.tolist(), bars.volume.tolist()) == ([0.5, 1], [10, 20])
    names = {"time": "1", "open": "2", "high": "3", "low": "4", "close": "5"}
    text = "".join(f"x,{time},{values}\n" for time, values in zip(TIMES["Date"], VALUES, strict=True))
    _, bars = read(write("bare.csv", text), Kind.BARS, ReadOptions(columns=names))
    assert bars.close.tolist() == [2, 2]


def test_a_person_names_clock_stamp_and_step(read: Any, write: Any) -> None:
    path = write("a.csv", csv("Date,Open,High,Low,Close,Volume", TIMES["Date"]))
    source, plain = read(path, Kind.BARS)
    _, athens = read(path, Kind.BARS, ReadOptions(tz="Europe/Athens"))
    assert any("read as UTC; --tz" in note for note in source.notes)
    assert (plain.ts - athens.ts).tolist() == [2 * HOUR * 10**9] * 2
    source, bars = read(path, Kind.BARS, ReadOptions(stamp="close"))
    assert bars.ts[0] == T0 * 10**9
    assert not any("--stamp" in note for note in source.notes)
    source, bars = read(path, Kind.BARS, ReadOptions(step=Step(5, "m")))
    assert (str(source.step), bars.ts[0]) == ("5m", (T0 + 300) * 10**9)


def test_a_zone_in_the_file_forbids_another_clock(read: Any, write: Any) -> None:
    path = write("a.csv", csv("Date,Open,High,Low,Close,Volume", TIMES["Datetime"]))
    with pytest.raises(BadInput, match="already say their zone"):
        read(path, Kind.BARS, ReadOptions(tz="Europe/Athens"))


def test_parquet_of_other_types_is_read(tmp_path: Path, read: Any) -> None:
    table = pa.table(
        {
            "time": pa.array([T0, T0 + HOUR], pa.timestamp("s")), "open": pa.array(["1", "2"]),
            "high": pa.array([4, 3], pa.int32()), "low": pa.array([0.5, None], pa.float32()),
            "close": pa.array([2, 2], pa.int64()),
        }
    )  # fmt: skip
    pq.write_table(table, tmp_path / "odd.parquet")
    _, bars = read(tmp_path / "odd.parquet", Kind.BARS)
    assert bars.ts[0] == (T0 + HOUR) * 10**9
    assert (bars.open.tolist(), bars.high.tolist(), np.isnan(bars.low).tolist()) == ([1, 2], [4, 3], [False, True])


def test_quotes_and_funding_are_found_by_their_names(read: Any, write: Any) -> None:
    text = "timestamp,bid,ask\n2013-01-01 22:00:00.295000+00:00,86.655,86.728\n"
    _, quotes = read(write("q.csv", text), Kind.QUOTES)
    rates = "Symbol,Date,Funding Rate\nB,2021-01-01 03:00:00,0.0003\nB,2021-01-01 11:00:00,0.0001\n"
    _, funding = read(write("f.csv", rates), Kind.FUNDING, ReadOptions(tz="+03:00"))
    assert isinstance(quotes, Quotes)
    assert quotes.ts[0] == 1_357_077_600_295_000_000
    assert funding.ts[0] == int(np.datetime64("2021-01-01", "ns").astype(np.int64))


def test_what_a_file_lacks_or_its_dates_do_not_tell_is_named(read: Any, write: Any) -> None:
    path = write("a.csv", "Date,Open,High,Close\n2025-01-01,1,2,3\n")
    with pytest.raises(
        DataDefect, match=r"missing-column: low was not found.*'Date', 'Open', 'High', 'Close'.*--column low=NAME"
    ):
        read(path, Kind.BARS)
    path = write("a.csv", "timestamp,price,size\n1735689600,1,2\n")
    with pytest.raises(DataDefect, match="--kind trades"):
        read(path, Kind.BARS)
    path = write("a.csv", "Date,Open,High,Low,Close\n03/04/2025,1,2,0.5,1\n")
    with pytest.raises(DataDefect, match="was '03/04/2025', allowed is epoch"):
        read(path, Kind.BARS)


def test_a_mapped_column_must_exist_on_both_sides(read: Any, write: Any) -> None:
    path = write("a.csv", csv("Date,Open,High,Low,Close,Volume", TIMES["Date"]))
    with pytest.raises(BadInput, match="'opening' is not a column of bars, allowed is time, open"):
        read(path, Kind.BARS, ReadOptions(columns={"opening": "Open"}))
    with pytest.raises(DataDefect, match="open was not found"):
        read(path, Kind.BARS, ReadOptions(columns={"open": "Start"}))


def ts(rows: int) -> pa.Array:
    return pa.array(T0 * 10**9 + MINUTE * np.arange(rows), pa.timestamp("ns", "UTC"))


def ohlc(rows: int, prefix: str = "", by: float = 0.0) -> dict[str, Any]:
    base = 100 + by + np.arange(rows) / 8
    names = [prefix + name for name in ("open", "high", "low", "close")]
    return dict(zip(names, (base, base + 2, base - 2, base + 1), strict=True))


SAVE = {"parquet": pq.write_table, "feather": feather.write_feather, "csv": pacsv.write_csv}


@pytest.mark.parametrize("suffix", SAVE)
def test_bars_keep_their_stamps(suffix: str, tmp_path: Path, read: Any) -> None:
    path = tmp_path / f"bars.{suffix}"
    SAVE[suffix](pa.table({"ts_event": ts(5), **ohlc(5), "volume": np.arange(5.0)}), path)
    source, bars = read(path, Kind.BARS)
    assert (source.format, str(source.step), source.notes) == ("tidy", "1m", ())
    assert isinstance(bars, Bars)
    assert bars.ts.tolist() == [T0 * 10**9 + MINUTE * row for row in range(5)]
    assert (bars.low.tolist()[1], bars.volume.tolist()) == (98.125, [0, 1, 2, 3, 4])


def test_bid_and_ask_pairs_become_three_sides(tmp_path: Path, read: Any) -> None:
    sides = ohlc(3) | ohlc(3, "bid_", -0.5) | ohlc(3, "ask_", 0.5)
    pq.write_table(pa.table({"ts_event": ts(3), **sides}), tmp_path / "pairs.parquet")
    _, found = read(tmp_path / "pairs.parquet", Kind.BARS)
    assert {side: bars.close[0] for side, bars in found.items()} == {
        PriceSide.BID: 100.5, PriceSide.ASK: 101.5, PriceSide.MID: 101.0,
    }  # fmt: skip


def test_marks_are_the_close_or_the_price(tmp_path: Path, read: Any) -> None:
    pq.write_table(pa.table({"ts_event": ts(3), **ohlc(3)}), tmp_path / "candles.parquet")
    pq.write_table(pa.table({"ts_event": ts(3), "price": [1.0, 2.0, 3.0]}), tmp_path / "prices.parquet")
    _, candles = read(tmp_path / "candles.parquet", Kind.MARKS)
    _, prices = read(tmp_path / "prices.parquet", Kind.MARKS)
    assert isinstance(candles, Marks)
    assert (candles.price[0], prices.price.tolist()) == (101, [1, 2, 3])


def test_quotes_and_trades_keep_nanoseconds_and_order(tmp_path: Path, read: Any) -> None:
    times = [T0 * 10**9 + more for more in (167, 167, 168)]
    when = pa.array(times, pa.timestamp("ns", "UTC"))
    quotes = {"bid": [1.0, 1.1, 1.2], "bid_size": [5.0] * 3, "ask": [2.0] * 3, "ask_size": [6.0] * 3}
    trades = {"price": [1.0, 1.1, 1.2], "size": [1.0] * 3, "aggressor": ["BUY", "SELL", None], "trade_id": [7, 8, 9]}
    pq.write_table(pa.table({"ts_event": when, **quotes}), tmp_path / "q.parquet")
    pq.write_table(pa.table({"ts_event": when, **trades}), tmp_path / "t.parquet")
    _, read_quotes = read(tmp_path / "q.parquet", Kind.QUOTES)
    _, read_trades = read(tmp_path / "t.parquet", Kind.TRADES)
    assert isinstance(read_quotes, Quotes)
    assert isinstance(read_trades, Trades)
    assert (read_quotes.ts.tolist(), read_quotes.bid.tolist()) == (times, quotes["bid"])
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
