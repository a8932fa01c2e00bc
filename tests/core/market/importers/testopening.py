# file: tests/core/market/importers/testopening.py
from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradingbot.core.arrays import Ints
from tradingbot.core.errors import BadInput, DataDefect
from tradingbot.core.market.columns import Funding, Kind
from tradingbot.core.market.funding import RateUnit
from tradingbot.core.market.importers.opening import FORMATS, open_source, settlements_of
from tradingbot.core.market.importers.recipe import ReadOptions
from tradingbot.core.time import MINUTE

T0 = 1_735_689_600_000_000_000


def settlements(minutes: list[int], late_ns: int = 0) -> Ints:
    return T0 + np.cumsum([0, *minutes]) * MINUTE + late_ns * (np.arange(len(minutes) + 1) % 2)


def kept(funding: Funding, cuts: int = 1, unit: RateUnit = RateUnit.FRACTION) -> Funding:
    pieces = [funding.take(part) for part in np.array_split(np.arange(len(funding)), cuts)]
    return Funding.join([part for part in settlements_of(iter(pieces), unit) if isinstance(part, Funding)])


def guessed(ts: Ints, cuts: int = 1) -> list[int]:
    found: list[int] = kept(Funding(ts, np.zeros(len(ts)), np.zeros(len(ts), np.int64)), cuts).interval.tolist()
    return found


@pytest.mark.parametrize("interval", [60, 240, 480])
@pytest.mark.parametrize("late", [8_000_000, -1_500_000_000, 45_000_000_000])
def test_stamps_a_little_off_still_tell_the_interval_and_are_kept_when_due(interval: int, late: int) -> None:
    ts = settlements([interval] * 4, late_ns=late)
    assert guessed(ts) == [interval] * 5
    assert kept(Funding(ts, np.zeros(5), np.zeros(5, np.int64))).ts.tolist() == settlements([interval] * 4).tolist()


def test_changes_of_interval_are_followed_published_ones_stay_and_one_settlement_is_of_eight_hours() -> None:
    assert guessed(settlements([480, 480, 480, 240, 240, 60])) == [480, 480, 480, 480, 240, 240, 60]
    assert guessed(settlements([])) == [480]
    assert kept(Funding(settlements([480, 480]), np.zeros(3), np.full(3, 240))).interval.tolist() == [240] * 3


@pytest.mark.parametrize("hole", [960, 1440])
def test_a_missing_settlement_does_not_make_an_interval(hole: int) -> None:
    assert guessed(settlements([480, 480, hole, 480])) == [480] * 5


@settings(max_examples=20)
@given(st.lists(st.sampled_from([60, 240, 480, 960, 7]), min_size=3, max_size=30), st.integers(1, 6))
def test_chunks_do_not_change_the_intervals(minutes: list[int], cuts: int) -> None:
    ts = settlements(minutes)
    assert guessed(ts, cuts) == guessed(ts)


def test_a_stated_unit_becomes_a_fraction_of_the_interval() -> None:
    # 0.02 % in the first four hours, 0.04 % in the next eight: 0.0002 and 0.0004, over a year 2,190 and 1,095 times.
    due, interval = settlements([480]), np.array([240, 480])
    for unit, rates in (
        (RateUnit.FRACTION, [0.0002, 0.0004]),
        (RateUnit.PERCENT, [0.02, 0.04]),
        (RateUnit.BPS, [2.0, 4.0]),
        (RateUnit.ANNUAL, [0.438, 0.438]),
        (RateUnit.ANNUAL_PERCENT, [43.8, 43.8]),
    ):
        found = kept(Funding(due, np.array(rates), interval), unit=unit)
        assert found.rate == pytest.approx([0.0002, 0.0004], rel=1e-12)


def test_a_column_that_names_another_unit_asks_for_it(write: Any) -> None:
    path = write("f.csv", "timestamp,funding_rate_pct\n1735718400007,0.01\n1735747200003,0.02\n")
    mapped = {"rate": "funding_rate_pct"}
    with pytest.raises(DataDefect, match=r"'funding_rate_pct' does not seem to hold fractions.*--unit percent, or"):
        open_source(path, Kind.FUNDING, ReadOptions(columns=mapped))
    source = open_source(path, Kind.FUNDING, ReadOptions(columns=mapped, rate_unit=RateUnit.PERCENT))
    (rows,) = source.chunks()
    assert isinstance(rows, Funding)
    assert rows.rate == pytest.approx([0.0001, 0.0002])
    assert source.unit_known
    assert source.notes[-1] == "rates are read as --unit percent and kept as fractions an interval"


def test_only_funding_has_a_unit(write: Any) -> None:
    path = write("m.csv", "timestamp,price\n1735718400000,50000\n1735718460000,50001\n")
    with pytest.raises(BadInput, match="--unit was percent, but the rows are marks"):
        open_source(path, Kind.MARKS, ReadOptions(stamp="close", rate_unit=RateUnit.PERCENT))


GOOD = "Date,Open,High,Low,Close\n" + "".join(f"2025-01-01 {hour:02d}:00,1,2,0.5,1\n" for hour in range(24))


def packed(*names: str) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name in names:
            archive.writestr(name, GOOD)
    return raw.getvalue()


BROKEN = {
    "empty": (b"", "empty-file"),
    "blank": (b"\n \n", "empty-file"),
    "header": (b"Date,Open,High,Low,Close\n", "empty-file"),
    "emptyjson": (b"[]", "empty-file"),
    "truncated.gz": (gzip.compress((GOOD * 40).encode())[:-40], "unreadable"),
    "corrupt.gz": (b"\x1f\x8b" + b"rubbish" * 20, "unreadable"),
    "corrupt.zip": (b"PK\x03\x04" + b"rubbish" * 20, "unreadable"),
    "two.zip": (packed("a.csv", "b.csv"), "a zip must hold one file, this one holds 2: a.csv, b.csv"),
    "none.zip": (packed(), "unreadable"),
    "corrupt.parquet": (b"PAR1" + b"rubbish" * 20, "unreadable"),
    "corrupt.feather": (b"ARROW1" + b"rubbish" * 20, "unreadable"),
    "old.feather": (b"FEA1" + b"rubbish" * 20, "Feather version 1"),
    "binary": (bytes(range(256)), "unreadable"),
    "latin": ("Zeit,Öffnung\n2025-01-01,1\n" * 9).encode("latin-1"),
    "words": (GOOD.replace("2,0.5", "two,0.5", 1).encode(), "invalid value 'two'"),
    "short": (GOOD.encode() + b"2025-01-02 00:00,1\n", "Expected 5 columns, got 2"),
    "notjson": (b'[{"a": 1}', "it is not JSON"),
    "ragged.json": (b"[[1,2],[3]]", "equally long lists"),
    "unknown": (b"0,1,2,3\n60000,1,2,3\n", "no known format has bars in 4 columns without a header"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_named_in_one_sentence(name: str, write: Any) -> None:
    content, said = BROKEN[name] if isinstance(BROKEN[name], tuple) else (BROKEN[name], "must be UTF-8")
    path = write(name, content)
    with pytest.raises(DataDefect) as caught:
        list(open_source(path, Kind.BARS).chunks())
    assert str(path) in str(caught.value)
    assert str(said) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_absent_file_and_a_lone_open_stamped_bar_are_refused(tmp_path: Path, write: Any) -> None:
    with pytest.raises(DataDefect, match="there is no such file"):
        open_source(tmp_path / "none.csv", Kind.BARS)
    path = write("one.csv", "Date,Open,High,Low,Close\n2025-01-01,1,2,0.5,1\n")
    with pytest.raises(BadInput, match="name it with --bar"):
        open_source(path, Kind.BARS)


def test_neither_a_files_name_nor_its_byte_order_mark_nor_line_ends_matter(write: Any, read: Any) -> None:
    plain, bars = read(write("data.parquet", GOOD), Kind.BARS)
    _, zipped = read(write("data.txt", packed("x.csv")), Kind.BARS)
    _, squeezed = read(write("data", gzip.compress(GOOD.encode())), Kind.BARS)
    assert plain.format == "generic"
    assert bars.ts.tolist() == zipped.ts.tolist() == squeezed.ts.tolist()
    _, bars = read(write("bom.csv", b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()), Kind.BARS)
    assert len(bars) == 24


def test_specific_formats_are_asked_before_the_generic_one() -> None:
    assert list(FORMATS) == ["tidy", "binance", "bybit", "freqtrade", "histdata", "generic"]


REAL = [
    ("finom__static-klines/.klines-cache/BTCUSDT/15m/2025-01-06.json", Kind.BARS, "binance", 672),
    ("owlacar-dotcom__isda/NEARUSDT-1m-2025-09.csv", Kind.BARS, "binance", 43_200),
    ("pennyqiu__freqtradeEthan/user_data/data/bybit/BTC_USDT-5m.feather", Kind.BARS, "freqtrade", 8_831),
    (
        "Dkotl__trade_bot/user_data/data/bybit/futures/BNB_USDT_USDT-1h-funding_rate.feather",
        Kind.FUNDING,
        "freqtrade",
        902,
    ),
    (
        "Zombie-3000__Bitfinex-historical-data/BTCUSD/Candles_1m/2018/raw/01/18-01-01_00-00-00.json",
        Kind.BARS,
        "generic",
        120,
    ),
    ("kernc__backtesting.py/backtesting/test/EURUSD.csv", Kind.BARS, "generic", 5_000),
    ("nautechsystems__nautilus_trader/tests/test_data/truefx/usdjpy-ticks.csv", Kind.QUOTES, "generic", 1_000),
    ("QuantConnect__Lean/Data/cryptofuture/bybit/margin_interest/btcusdt.csv", Kind.FUNDING, "generic", 3),
]


@pytest.mark.realdata
@pytest.mark.parametrize(("name", "kind", "known", "rows"), REAL)
def test_real_originals_are_recognised(name: str, kind: Kind, known: str, rows: int, realdata: Path, read: Any) -> None:
    source, chunk = read(realdata / "raw" / name, kind)
    assert (source.format, len(chunk)) == (known, rows)


@pytest.mark.realdata
@pytest.mark.parametrize(
    "name",
    [
        "QuantConnect__Lean/Data/crypto/bybit/minute/btcusdt/20221213_trade.zip",
        "je-suis-tm__quant-trading/data/gbpusd.csv",
        "nautechsystems__nautilus_trader/tests/test_data/bybit/xrpusdt-ob500.data.zip",
        "nkaz001__hftbacktest/examples/spot/btcusdt_20240808.gz",
    ],
)
def test_real_files_of_no_known_format_are_refused(name: str, realdata: Path) -> None:
    with pytest.raises(DataDefect):
        open_source(realdata / "raw" / name, Kind.BARS)
