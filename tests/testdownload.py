# file: tests/testdownload.py
"""Downloads over HTTP from the loopback venue into a home of the test's own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.venues.bybit.listings import listings
from tests.venues.bybit.venue import BybitVenue
from tradingbot import data
from tradingbot import download as usecase
from tradingbot.core.config.home import config_file
from tradingbot.core.errors import BadInput, ConfigError, RunFailed
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import Bars, Kind, PriceSide
from tradingbot.core.market.download.report import DownloadReport
from tradingbot.core.market.download.windows import LONGEST
from tradingbot.core.market.importers.importreport import Outcome
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.instruments.venueterms import stated_terms
from tradingbot.core.market.series import Step
from tradingbot.core.time import DAY, HOUR, MINUTE, to_iso

START_MS = 1_780_012_890_500
MS = 1_000_000
CLOSED = START_MS * MS // MINUTE * MINUTE
NAME, SPOT = "BTCUSDT-LINEAR.BYBIT", "ETHUSDT-SPOT.BYBIT"
ONE, QUARTER = Step(1, "m"), Step(15, "m")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def venue(home: Path) -> Iterator[BybitVenue]:
    with BybitVenue(START_MS, limit=None) as venue:
        configure(home, venue)
        yield venue


def configure(home: Path, venue: BybitVenue, **settings: Any) -> None:
    (home / "config").mkdir(exist_ok=True)
    bybit = {"environment": "mainnet", "http": venue.http, "requests_per_second": 100, "patience_s": 10} | settings
    (home / "config" / "venues.json").write_text(json.dumps({"bybit": bybit}), encoding="utf-8")


def download(name: str = NAME, kind: Kind = Kind.BARS, **changes: Any) -> DownloadReport:
    request = usecase.DownloadRequest(name, kind, "catalog/main", None, CLOSED - 6 * HOUR)
    with usecase.venue_history() as history:
        return usecase.download(history, replace(request, **changes))


def held(home: Path, name: str = NAME, step: Step = ONE) -> Bars:
    return Catalog(home / "catalog" / "main").bars(name, step, PriceSide.LAST)


def truth(venue: BybitVenue, name: str, start: int, end: int) -> list[tuple[float, ...]]:
    symbol, category = name.removesuffix(".BYBIT").split("-")
    rows = venue.bars(category.lower(), symbol, start // MS, end // MS)
    return [(row.start * MS + MINUTE, *map(float, row[1:6])) for row in rows]


def told(bars: Bars) -> list[tuple[float, ...]]:
    return list(zip(bars.ts.tolist(), *(each.tolist() for each in (*bars.ohlc, bars.volume)), strict=True))


@pytest.mark.parametrize("name", [NAME, SPOT])
def test_the_catalog_has_the_venues_truth_up_to_the_last_closed_bar(home: Path, venue: BybitVenue, name: str) -> None:
    report = download(name)
    assert (report.due, report.came, report.new_rows, report.missing) == (360, 360, 360, ())
    assert told(held(home, name)) == truth(venue, name, CLOSED - 6 * HOUR, CLOSED)
    assert report.endpoint == f"{venue.http}/v5/market/kline"


def test_faults_of_every_kind_leave_the_truth(home: Path, venue: BybitVenue) -> None:
    gone = (CLOSED - 3 * HOUR) // MS
    venue.fault("throttle", count=3)
    venue.fault("fail", count=3, path="/kline")
    venue.fault("slow", count=2, delay=0.1)
    venue.fault("skew", delay=40.0)
    venue.fault("missing", start_ms=gone, end_ms=gone + 7 * 60_000)
    report = download()
    assert told(held(home)) == truth(venue, NAME, CLOSED - 6 * HOUR, CLOSED)
    assert (report.missing_rows, report.came) == (7, 353)
    assert report.missing == ((gone * MS + MINUTE, gone * MS + 7 * MINUTE),)


def test_an_update_brings_every_series_up_to_now(home: Path, venue: BybitVenue) -> None:
    for kind, step in ((Kind.BARS, None), (Kind.BARS, QUARTER), (Kind.MARKS, QUARTER), (Kind.FUNDING, None)):
        download(kind=kind, step=step, start=CLOSED - 3 * DAY)
    download(kind=Kind.TRADES, start=None)
    venue.advance(2 * 86_400)
    requests, left = usecase.updates("catalog/main")
    assert left == [f"{NAME} trades stays as it is: Bybit's API has no past trades"]
    with usecase.venue_history() as history:
        brought = {(request.kind, request.step): usecase.download(history, request) for request in requests}
    assert {key: report.new_rows for key, report in brought.items()} == {
        (Kind.BARS, ONE): 2_880, (Kind.BARS, QUARTER): 192, (Kind.MARKS, QUARTER): 192, (Kind.FUNDING, None): 6,
    }  # fmt: skip
    assert told(held(home)) == truth(venue, NAME, CLOSED - 3 * DAY, CLOSED + 2 * DAY)


def test_a_download_that_is_killed_goes_on_where_it_was(home: Path, venue: BybitVenue) -> None:
    windows, start = 5, CLOSED // QUARTER.ns * QUARTER.ns - 5 * LONGEST
    venue.fault("slow", delay=0.1, path="/kline")
    words = [sys.executable, "-m", "tradingbot", "data", "download", "--instrument", NAME, "--bar", "15m"]
    words += ["--start", to_iso(start)]
    with subprocess.Popen(words, cwd=Path(__file__).parents[1], env=os.environ | {"TRADINGBOT_HOME": str(home)}) as run:
        folder = home / "catalog" / "main" / "data" / "bars"
        while len(stored := list(folder.glob("*/*.parquet"))) < 2:
            assert run.poll() is None
            time.sleep(0.02)
        run.send_signal(signal.SIGKILL)
    before = len(held(home, step=QUARTER))
    assert before == len(stored) * LONGEST // QUARTER.ns
    venue.clear()
    already = len(venue.requests)
    report = download(step=QUARTER, start=start)
    rows = windows * LONGEST // QUARTER.ns
    assert (report.due, report.asked, report.new_rows) == (rows, rows - before, rows - before)
    asked = [int(seen.params["start"]) for seen in list(venue.requests)[already:] if "start" in seen.params]
    assert min(asked) * MS == start + len(stored) * LONGEST
    bars = venue.market.bars("linear", "BTCUSDT", start // MS, (start + rows * QUARTER.ns) // MS, "15")
    assert held(home, step=QUARTER).close.tolist() == [float(row.close) for row in bars]


def test_without_an_environment_nothing_is_asked(home: Path) -> None:
    with pytest.raises(ConfigError, match="none is assumed"):
        download()


def test_a_venue_that_is_not_there_is_told_after_the_patience(home: Path, venue: BybitVenue) -> None:
    configure(home, venue, http="http://127.0.0.1:9", patience_s=0)
    with pytest.raises(RunFailed, match=r"http://127.0.0.1:9/v5/market/time gave no answer in 1 requests"):
        download()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"start": None}, "--start is missing, allowed is a date such as 2024-01-01, from which bars are wanted"),
        ({"end": CLOSED - 7 * HOUR}, "--end was .*, allowed is a time after --start"),
        ({"kind": Kind.FUNDING, "step": ONE}, "--bar was 1m, but funding have no bar length"),
        ({"step": Step(7, "m")}, "--bar was 7m, Bybit has 1m"),
        ({"name": "EUR/USD.IDEALPRO"}, "cannot be downloaded"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(venue: BybitVenue, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        download(**changes)
    assert venue.requests == []


def test_a_catalog_of_others_data_has_nothing_to_update(home: Path) -> None:
    catalog = Catalog(home / "catalog" / "main", create=True)
    with pytest.raises(BadInput, match="has nothing to bring up to now: it has no data"):
        usecase.updates("catalog/main")
    listing = load_listing("EUR/USD.IDEALPRO")
    bars = Bars(*(np.array([value]) for value in (CLOSED, 1.1, 1.2, 1.0, 1.1, 5.0)))
    catalog.write_bars(listing.instrument, ONE, PriceSide.BID, bars)
    with pytest.raises(BadInput, match=r"EUR/USD.IDEALPRO bars 1m BID stays as it is: only Bybit's is downloaded"):
        usecase.updates("catalog/main")


def test_instruments_are_compared_and_the_venues_terms_taken_over(home: Path) -> None:
    other = [
        replace(each, price_step=Decimal("0.5"), maximum_leverage=Decimal(5))
        if each.key == ("linear", "BTCUSDT")
        else each
        for each in listings()
        if each.symbol != "SUIUSDT"
    ]
    with BybitVenue(START_MS, limit=None, listed=other) as venue:
        configure(home, venue)
        with usecase.venue_history() as history:
            comparison = usecase.compare_instruments(history)
        assert [(each.field, each.venue) for each in comparison.differences if each.blocks] == [
            ("price_step", Decimal("0.5")), ("margin_init", Decimal("0.2")),
        ]  # fmt: skip
        assert comparison.unlisted == ["SUIUSDT-LINEAR.BYBIT", "SUIUSDT-SPOT.BYBIT"]
        with pytest.raises(ConfigError, match=f"{NAME}: price_step is 0.1 in config/instruments and 0.5 at the venue"):
            comparison.require_same()
        files = comparison.write()
        assert files == [home / "config" / "instruments" / f"bybit{kind}.json" for kind in ("linear", "spot")]
        assert config_file("instruments/bybitlinear.json") == files[0]
        terms = stated_terms(load_listing(NAME))
        assert (terms["price_step"], terms["margin_init"]) == (Decimal("0.5"), Decimal("0.2"))
        with usecase.venue_history() as history:
            assert usecase.compare_instruments(history).differences == []


def test_the_last_trades_and_the_public_archive_of_their_day_are_the_same_rows(home: Path, venue: BybitVenue) -> None:
    assert download(kind=Kind.TRADES, start=None).new_rows > 900
    name = "BTCUSDT2026-05-28.csv.gz"
    with urllib.request.urlopen(f"{venue.http}/trading/BTCUSDT/{name}") as answer:  # noqa: S310 - of the loopback venue
        (home / name).write_bytes(answer.read())
    report = data.import_file(data.Request(home / name, NAME, "trades"))
    trades = Catalog(home / "catalog" / "main").trades(NAME)
    rows = venue.market.trades("linear", "BTCUSDT", trades.ts[0] // MS, trades.ts[-1] // MS + 1)
    assert report.new_rows > 16_000
    assert trades.trade_id.tolist() == [row.id for row in rows]


def test_a_download_again_changes_nothing_where_the_venue_tells_the_same(home: Path, venue: BybitVenue) -> None:
    download()
    assert download(again=True).outcome is Outcome.UNCHANGED
    assert len(held(home)) == 360
