# file: tests/core/market/importers/testtimestamps.py
from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.market.rowsfixture import ns
from tradingbot.core.market.columns import Kind
from tradingbot.core.market.importers.filetypes import open_sheet
from tradingbot.core.market.importers.recipe import ReadOptions
from tradingbot.core.market.importers.timestamps import NO_TIME, stamps_of


def times(path: Any, values: list[str]) -> list[int]:
    path.write_text("time,x\n" + "".join(f"{value},1\n" for value in values))
    sheet = open_sheet(path)
    stamps = stamps_of(sheet, ("time",))
    batch = next(sheet.read({"time": stamps.type}))
    found: list[int] = stamps.wall([batch.column("time")]).tolist()
    return found


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1600000000", "1600000000.25"], ["2020-09-13T12:26:40", "2020-09-13T12:26:40.25"]),
        (["1600000000000", "1600000000000001"], ["2020-09-13T12:26:40", "2020-09-13T12:26:40.000001"]),
        (["2020-01-31", "2020-02-29 23:59"], ["2020-01-31", "2020-02-29T23:59"]),
        (["2020-01-31T01:02:03.000000004Z"], ["2020-01-31T01:02:03.000000004"]),
        (["20200131", "20200229"], ["2020-01-31", "2020-02-29"]),
        (["202001312359", "202001312358"], ["2020-01-31T23:59", "2020-01-31T23:58"]),
        (["20200131 235959123"], ["2020-01-31T23:59:59.123"]),
        (["2020.01.31 23:59:58"], ["2020-01-31T23:59:58"]),
        (["2020.12.31 23:05", "2021.1.1 0:05"], ["2020-12-31T23:05", "2021-01-01T00:05"]),
        (["2020/1/31 9:05"], ["2020-01-31T09:05"]),
        (["20200131  235958"], ["2020-01-31T23:59:58"]),
    ],
)
def test_times_are_told_by_their_look(values: list[str], expected: list[str], tmp_path: Any) -> None:
    assert times(tmp_path / "a.csv", values) == [ns(text) for text in expected]


@settings(max_examples=20)
@given(st.integers(ns("1990-01-01") // 10**6, ns("2099-12-31") // 10**6))
def test_compact_digits_are_the_calendar(tmp_path_factory: pytest.TempPathFactory, millis: int) -> None:
    text = str(np.datetime64(millis, "ms")).replace("-", "").replace("T", " ").replace(":", "").replace(".", "")
    assert times(tmp_path_factory.mktemp("t") / "a.csv", [text]) == [millis * 10**6]


def test_an_empty_time_is_no_time(tmp_path: Any) -> None:
    assert times(tmp_path / "a.csv", ["1600000000000", ""])[1] == NO_TIME
    assert times(tmp_path / "b.csv", ["2020-01-31 00:00", ""])[1] == NO_TIME
    assert times(tmp_path / "c.csv", ["2020.01.31 00:00", ""])[1] == NO_TIME


@pytest.mark.parametrize(
    "odd", ["20201301", "20200230", "20200100", "34200000", "20200131 256000", "31.01.2020", "2020"]
)
def test_what_no_calendar_shows_is_no_time(odd: str, tmp_path: Any) -> None:
    assert times(tmp_path / "a.csv", ["20200131", odd]) == [ns("2020-01-31"), NO_TIME]


@pytest.mark.parametrize("wrapping", ["41024448000000", "92233720368547", "18446744073", "9223372036854775807"])
def test_a_number_beyond_all_calendars_is_no_time_of_ours(wrapping: str, tmp_path: Any) -> None:
    first, odd = times(tmp_path / "a.csv", ["1600000000000", wrapping])
    assert first == ns("2020-09-13T12:26:40")
    assert odd == NO_TIME or odd > ns("2200-01-01")


@pytest.mark.parametrize("unit", ["s", "ms", "us"])
def test_a_stored_date_that_nanoseconds_cannot_hold_is_no_time(unit: Any, tmp_path: Any) -> None:
    when = pa.array(np.array(["2020-01-31", "2554-07-22", "9999-12-31"], f"datetime64[{unit}]"))
    pq.write_table(pa.table({"time": when, "x": [1, 1, 1]}), tmp_path / "a.parquet")
    sheet = open_sheet(tmp_path / "a.parquet")
    stamps = stamps_of(sheet, ("time",))
    batch = next(sheet.read({"time": stamps.type}))
    assert stamps.wall([batch.column("time")]).tolist() == [ns("2020-01-31"), NO_TIME, NO_TIME]


def test_parquet_stamps_of_any_unit_are_nanoseconds(tmp_path: Any, read: Any) -> None:
    when = pa.array([ns("2020-01-31T01:00") // 10**6, ns("2020-01-31T02:00") // 10**6], pa.timestamp("ms"))
    price = [1.0, 1.0]
    table = pa.table({"Date": when, "open": price, "high": price, "low": price, "close": price})
    pq.write_table(table, tmp_path / "a.parquet")
    _, bars = read(tmp_path / "a.parquet", Kind.BARS, ReadOptions(tz="Asia/Tokyo", stamp="close"))
    assert bars.ts[0] == ns("2020-01-30T16:00")
