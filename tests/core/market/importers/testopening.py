# file: tests/core/market/importers/testopening.py
from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tradingbot.core.errors import BadInput, DataDefect
from tradingbot.core.market.arrays import Kind
from tradingbot.core.market.importers import FORMATS, ReadOptions, open_source

GOOD = "Date,Open,High,Low,Close\n" + "".join(f"2025-01-01 {hour:02d}:00,1,2,0.5,1\n" for hour in range(24))


def packed(*names: str) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name in names:
            archive.writestr(name, GOOD)
    return raw.getvalue()


def drain(path: Path) -> Iterator[object]:
    return iter(list(open_source(path, Kind.BARS).chunks()))


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
def test_a_broken_file_is_named_in_one_sentence(name: str, write: Callable[..., Any]) -> None:
    content, said = BROKEN[name] if isinstance(BROKEN[name], tuple) else (BROKEN[name], "must be UTF-8")
    path = write(name, content)
    with pytest.raises(DataDefect) as caught:
        drain(path)
    assert str(path) in str(caught.value)
    assert str(said) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataDefect, match="there is no such file"):
        open_source(tmp_path / "none.csv", Kind.BARS)


def test_a_lone_open_stamped_bar_needs_its_length(write: Callable[..., Any]) -> None:
    path = write("one.csv", "Date,Open,High,Low,Close\n2025-01-01,1,2,0.5,1\n")
    with pytest.raises(BadInput, match="name it with --bar"):
        open_source(path, Kind.BARS)


def test_the_name_of_a_file_does_not_matter(write: Callable[..., Any], read: Callable[..., Any]) -> None:
    plain, bars = read(write("data.parquet", GOOD), Kind.BARS, ReadOptions())
    _, zipped = read(write("data.txt", packed("x.csv")), Kind.BARS, ReadOptions())
    _, squeezed = read(write("data", gzip.compress(GOOD.encode())), Kind.BARS, ReadOptions())
    assert plain.format == "generic"
    assert bars.ts.tolist() == zipped.ts.tolist() == squeezed.ts.tolist()


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(
    write: Callable[..., Any], read: Callable[..., Any]
) -> None:
    _, bars = read(write("bom.csv", b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()), Kind.BARS, ReadOptions())
    assert len(bars) == 24


def test_specific_formats_are_asked_before_the_generic_one() -> None:
    assert [known.name for known in FORMATS] == ["tidy", "binance", "bybit", "freqtrade", "histdata", "generic"]


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
def test_real_originals_are_recognised(
    name: str, kind: Kind, known: str, rows: int, realdata: Path, read: Callable[..., Any]
) -> None:
    source, chunk = read(realdata / "raw" / name, kind, ReadOptions())
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
