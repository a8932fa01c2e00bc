# file: tests/core/market/importers/testfreqtrade.py
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather as feather
import pytest

from tradingbot.core.market.arrays import Bars, Funding, Kind, Marks
from tradingbot.core.market.importers import ReadOptions

T0 = 1_735_689_600_000
HOUR = 3_600_000


def table(path: Path, step: int, **columns: list[float]) -> Path:
    rows = len(next(iter(columns.values())))
    date = pa.array([T0 + step * row for row in range(rows)], pa.timestamp("ms", "UTC"))
    feather.write_feather(pa.table({"date": date, **columns}), path)
    return path


def test_candles_are_stamped_at_their_open(tmp_path: Path, read: Callable[..., Any]) -> None:
    prices = {"open": [1.0, 2.0], "high": [3.0, 3.0], "low": [0.5, 1.0], "close": [2.0, 2.5], "volume": [10.0, 20.0]}
    source, bars = read(table(tmp_path / "a.feather", HOUR, **prices), Kind.BARS, ReadOptions())
    assert (source.format, source.rows, str(source.step)) == ("freqtrade", 2, "1h")
    assert isinstance(bars, Bars)
    assert bars.ts.tolist() == [(T0 + HOUR) * 10**6, (T0 + 2 * HOUR) * 10**6]


def test_a_funding_file_keeps_the_rate_in_open(tmp_path: Path, read: Callable[..., Any]) -> None:
    zero = [0.0, 0.0, 0.0]
    path = table(tmp_path / "f.feather", 8 * HOUR, open=[0.0001, -0.0002, 0.0], high=zero, low=zero, close=zero)
    _, funding = read(path, Kind.FUNDING, ReadOptions())
    assert isinstance(funding, Funding)
    assert (funding.rate.tolist(), funding.interval.tolist()) == ([0.0001, -0.0002, 0.0], [480, 480, 480])
    assert funding.ts[0] == T0 * 10**6


def test_a_mark_file_gives_the_close_at_the_close(tmp_path: Path, read: Callable[..., Any]) -> None:
    path = table(tmp_path / "m.feather", HOUR, open=[1.0, 2.0], high=[3.0, 3.0], low=[0.5, 1.0], close=[2.0, 2.5])
    _, marks = read(path, Kind.MARKS, ReadOptions())
    assert isinstance(marks, Marks)
    assert (marks.price.tolist(), marks.ts[0]) == ([2.0, 2.5], (T0 + HOUR) * 10**6)


@pytest.mark.realdata
def test_real_files_read_as_their_tidy_twins(realdata: Path, read: Callable[..., Any]) -> None:
    raw = realdata / "raw/pennyqiu__freqtradeEthan/user_data/data/bybit/BTC_USDT-5m.feather"
    _, ours = read(raw, Kind.BARS, ReadOptions())
    _, theirs = read(realdata / "crypto_spot/bybit/BTCUSDT.5m.parquet", Kind.BARS, ReadOptions())
    assert ours.ts.tolist() == theirs.ts.tolist()
    assert ours.close.tolist() == theirs.close.tolist()
