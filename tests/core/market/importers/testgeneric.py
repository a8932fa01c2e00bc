# file: tests/core/market/importers/testgeneric.py
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tradingbot.core.errors import BadInput, DataDefect
from tradingbot.core.market.arrays import Kind, Quotes
from tradingbot.core.market.importers import ReadOptions
from tradingbot.core.market.steps import Step

T0 = 1_735_689_600
HOUR = 3_600
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
def test_every_usual_way_to_write_time_is_understood(
    name: str, read: Callable[..., Any], write: Callable[..., Any]
) -> None:
    source, bars = read(
        write("a.csv", csv(f"{name},Open,HIGH,low,Close,Volume", TIMES[name])), Kind.BARS, ReadOptions()
    )
    assert (source.format, str(source.step)) == ("generic", "1h")
    assert bars.ts.tolist() == [(T0 + HOUR) * 10**9, (T0 + 2 * HOUR) * 10**9]
    assert (bars.open.tolist(), bars.volume.tolist()) == ([1, 2], [10, 20])
    assert any("--stamp close" in note for note in source.notes)


def test_the_adjusted_close_is_not_the_close(read: Callable[..., Any], write: Callable[..., Any]) -> None:
    text = "Date,Open,High,Low,Close,Adj Close,Volume\n2025-01-01,1,4,0.5,2,99,10\n2025-01-02,2,3,1,2,99,20\n"
    _, bars = read(write("yahoo.csv", text), Kind.BARS, ReadOptions())
    assert bars.close.tolist() == [2, 2]


def test_columns_are_mapped_by_hand(read: Callable[..., Any], write: Callable[..., Any]) -> None:
    names = {"time": "Zeit", "open": "Anfang", "high": "Hoch", "low": "Tief", "close": "Ende"}
    text = csv("Zeit,Anfang,Hoch,Tief,Ende,Volume", TIMES["Date"])
    _, bars = read(write("german.csv", text.replace(",", ";")), Kind.BARS, ReadOptions(columns=names))
    assert (bars.low.tolist(), bars.volume.tolist()) == ([0.5, 1], [10, 20])


def test_a_headless_file_is_mapped_by_column_numbers(read: Callable[..., Any], write: Callable[..., Any]) -> None:
    names = {"time": "1", "open": "2", "high": "3", "low": "4", "close": "5"}
    text = "".join(f"x,{time},{values}\n" for time, values in zip(TIMES["Date"], VALUES, strict=True))
    _, bars = read(write("bare.csv", text), Kind.BARS, ReadOptions(columns=names))
    assert bars.close.tolist() == [2, 2]


def test_naive_times_are_read_on_the_named_clock_and_said_otherwise(
    read: Callable[..., Any], write: Callable[..., Any]
) -> None:
    path = write("a.csv", csv("Date,Open,High,Low,Close,Volume", TIMES["Date"]))
    source, plain = read(path, Kind.BARS, ReadOptions())
    _, athens = read(path, Kind.BARS, ReadOptions(tz="Europe/Athens"))
    assert any("read as UTC; --tz" in note for note in source.notes)
    assert (plain.ts - athens.ts).tolist() == [2 * HOUR * 10**9] * 2


def test_a_zone_in_the_file_forbids_another_clock(read: Callable[..., Any], write: Callable[..., Any]) -> None:
    path = write("a.csv", csv("Date,Open,High,Low,Close,Volume", TIMES["Datetime"]))
    with pytest.raises(BadInput, match="already say their zone"):
        read(path, Kind.BARS, ReadOptions(tz="Europe/Athens"))


def test_stamps_at_the_close_stay_where_they_are(read: Callable[..., Any], write: Callable[..., Any]) -> None:
    path = write("a.csv", csv("Date,Open,High,Low,Close,Volume", TIMES["Date"]))
    source, bars = read(path, Kind.BARS, ReadOptions(stamp="close"))
    assert bars.ts[0] == T0 * 10**9
    assert not any("--stamp" in note for note in source.notes)


def test_a_declared_step_wins_over_the_spacing(read: Callable[..., Any], write: Callable[..., Any]) -> None:
    path = write("a.csv", csv("Date,Open,High,Low,Close,Volume", TIMES["Date"]))
    source, bars = read(path, Kind.BARS, ReadOptions(step=Step(5, "m")))
    assert (str(source.step), bars.ts[0]) == ("5m", (T0 + 300) * 10**9)


def test_parquet_of_other_types_is_read(tmp_path: Path, read: Callable[..., Any]) -> None:
    table = pa.table(
        {
            "time": pa.array([T0, T0 + HOUR], pa.timestamp("s")),
            "open": pa.array(["1", "2"]),
            "high": pa.array([4, 3], pa.int32()),
            "low": pa.array([0.5, None], pa.float32()),
            "close": pa.array([2, 2], pa.int64()),
        }
    )
    pq.write_table(table, tmp_path / "odd.parquet")
    _, bars = read(tmp_path / "odd.parquet", Kind.BARS, ReadOptions())
    assert bars.ts[0] == (T0 + HOUR) * 10**9
    assert (bars.open.tolist(), bars.high.tolist(), np.isnan(bars.low).tolist()) == ([1, 2], [4, 3], [False, True])


def test_quotes_and_funding_are_found_by_their_names(read: Callable[..., Any], write: Callable[..., Any]) -> None:
    text = "timestamp,bid,ask\n2013-01-01 22:00:00.295000+00:00,86.655,86.728\n"
    _, quotes = read(write("q.csv", text), Kind.QUOTES, ReadOptions())
    rates = "Symbol,Date,Funding Rate\nB,2021-01-01 03:00:00,0.0003\nB,2021-01-01 11:00:00,0.0001\n"
    _, funding = read(write("f.csv", rates), Kind.FUNDING, ReadOptions(tz="+03:00"))
    assert isinstance(quotes, Quotes)
    assert quotes.ts[0] == 1_357_077_600_295_000_000
    assert funding.ts[0] == int(np.datetime64("2021-01-01", "ns").astype(np.int64))


def test_json_candles_of_bitfinex_have_the_close_second(read: Callable[..., Any], write: Callable[..., Any]) -> None:
    text = "[[1514764800000,13763,13753,13788,13752.5,5.1],[1514764860000,13763,13772,13773,13741,15.5]]"
    _, bars = read(write("a.json", text), Kind.BARS, ReadOptions())
    assert (bars.close.tolist(), bars.high.tolist(), bars.low.tolist()) == (
        [13753, 13772],
        [13788, 13773],
        [13752.5, 13741],
    )


def test_a_missing_column_is_named_with_the_present_ones(read: Callable[..., Any], write: Callable[..., Any]) -> None:
    path = write("a.csv", "Date,Open,High,Close\n2025-01-01,1,2,3\n")
    with pytest.raises(
        DataDefect, match=r"missing-column: low was not found.*'Date', 'Open', 'High', 'Close'.*--column low=NAME"
    ):
        read(path, Kind.BARS, ReadOptions())


def test_a_file_of_trades_asked_for_bars_names_the_kind(read: Callable[..., Any], write: Callable[..., Any]) -> None:
    path = write("a.csv", "timestamp,price,size\n1735689600,1,2\n")
    with pytest.raises(DataDefect, match="--kind trades"):
        read(path, Kind.BARS, ReadOptions())


def test_a_mapped_column_must_exist_on_both_sides(read: Callable[..., Any], write: Callable[..., Any]) -> None:
    path = write("a.csv", csv("Date,Open,High,Low,Close,Volume", TIMES["Date"]))
    with pytest.raises(BadInput, match="'opening' is not a column of bars, allowed is time, open"):
        read(path, Kind.BARS, ReadOptions(columns={"opening": "Open"}))
    with pytest.raises(DataDefect, match="open was not found"):
        read(path, Kind.BARS, ReadOptions(columns={"open": "Start"}))


def test_an_ambiguous_date_is_refused(read: Callable[..., Any], write: Callable[..., Any]) -> None:
    path = write("a.csv", "Date,Open,High,Low,Close\n03/04/2025,1,2,0.5,1\n")
    with pytest.raises(DataDefect, match="was '03/04/2025', allowed is epoch"):
        read(path, Kind.BARS, ReadOptions())
