# file: tests/venues/bybit/testarchives.py
from __future__ import annotations

import csv
import gzip
import io
from decimal import Decimal

import httpx
import pytest

from tests.venues.bybit.market import DAY_MS
from tests.venues.bybit.venue import BybitVenue

START = 1_780_012_800_000  # 2026-05-29


@pytest.mark.parametrize(
    ("folder", "name", "category", "size"),
    [
        ("trading", "BTCUSDT2026-05-28.csv.gz", "linear", "size"),
        ("spot", "BTCUSDT_2026-05-28.csv.gz", "spot", "volume"),
    ],
)
def test_a_days_archive_holds_its_trades(folder: str, name: str, category: str, size: str) -> None:
    with BybitVenue(START) as venue:
        assert f'"{name}"' in httpx.get(f"{venue.http}/{folder}/BTCUSDT/").text
        content = httpx.get(f"{venue.http}/{folder}/BTCUSDT/{name}").content
        day = venue.market.bars(category, "BTCUSDT", START - DAY_MS, START, "D")[0]
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(content).decode())))
    assert sum(Decimal(row[size]) for row in rows) == Decimal(day.volume)
    assert Decimal(rows[-1]["price"]) == Decimal(day.close)
    unit = 1 if category == "spot" else 1_000
    assert [float(row["timestamp"]) * unit for row in (rows[0], rows[-1])] == [START - DAY_MS + 1_000, START - 4_000]


@pytest.mark.parametrize(
    "path",
    [
        "trading/BTCUSDT/BTCUSDT2026-05-29.csv.gz",  # not over yet
        "trading/BTCUSDT/BTCUSDT2019-12-31.csv.gz",  # before the launch
        "trading/BTCUSDT/BTCUSDT_2026-05-28.csv.gz",  # a pair's name
        "trading/NOSUCH/",
        "spot/NOSUCH/NOSUCH_2026-05-28.csv.gz",
    ],
)
def test_there_is_no_other_archive(path: str) -> None:
    with BybitVenue(START) as venue:
        assert httpx.get(f"{venue.http}/{path}").status_code == 404
        assert venue.requests[-1].path == f"/{path}"
