# file: tests/golden/testrealimports.py
"""Every real file that its README calls clean goes in as it is; the few that are not are refused for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from tradingbot import data
from tradingbot.core.errors import UnknownInstrument
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.checks.defects import DefectKind
from tradingbot.core.market.columns import Kind, PriceSide
from tradingbot.core.market.importers.importreport import ImportReport, OnDefect, Outcome
from tradingbot.core.market.series import Step

pytestmark = pytest.mark.realdata

EURUSD, GBPUSD, USDJPY = "EUR/USD.IDEALPRO", "GBP/USD.IDEALPRO", "USD/JPY.IDEALPRO"
DKOTL = "raw/Dkotl__trade_bot/user_data/data/bybit/futures"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    return tmp_path


def take(path: Path, instrument: str, kind: str = "bars", bar: str | None = None, **more: Any) -> ImportReport:
    step = None if bar is None else Step.parse(bar)
    return data.import_file(data.Request(path, instrument, kind, step, **more))


def _cases() -> list[tuple[str, str, str, str | None, int]]:
    """Return (file, instrument, kind, bar, rows that are stored)."""
    found: list[tuple[str, str, str, str | None, int]] = []
    for coin in ("BTC", "ETH", "SOL", "BNB"):
        place, name = f"crypto_perp/bybit/{coin}USDT-PERP", f"{coin}USDT-LINEAR.BYBIT"
        found.append((f"{place}.5m.parquet", name, "bars", "5m", 63_072))
        found.append((f"{place}.funding.parquet", name, "funding", None, 656))
        found.append((f"{place}.mark.1h.parquet", name, "marks", "1h", 5_256))
    found += [
        ("crypto_perp/bybit/BTCUSDT-PERP.funding.2020s.parquet", "BTCUSDT-LINEAR.BYBIT", "funding", None, 3_285),
        ("crypto_perp/binance/BTCUSDT-PERP.mark.8h.parquet", "BTCUSDT-LINEAR.BYBIT", "marks", "8h", 1_498),
        ("crypto_spot/binance/ETHUSDT.15m.parquet", "ETHUSDT-SPOT.BYBIT", "bars", "15m", 46_656),
        ("crypto_spot/binance/BTCUSDT.1h.parquet", "BTCUSDT-SPOT.BYBIT", "bars", "1h", 37_919),
        ("crypto_spot/bybit/BTCUSDT.5m.parquet", "BTCUSDT-SPOT.BYBIT", "bars", "5m", 8_831),
        ("forex/oanda/EURUSD.1h.bidask.parquet", EURUSD, "bars", "1h", 2 * 62_116),
        ("forex/oanda/EURUSD.ticks.parquet", EURUSD, "quotes", None, 532_903),
        ("forex/fxcm/GBPUSD.1m.bidask.2012.parquet", GBPUSD, "bars", "1m", 2 * 30_117),
        ("forex/mt5/GBPUSD.1h.parquet", GBPUSD, "bars", "1h", 44_557),
        ("forex/mt5/USDJPY.1h.parquet", USDJPY, "bars", "1h", 44_556),
        ("forex/mt5/EURUSD.1m.2020.parquet", EURUSD, "bars", "1m", 49_999),
        ("equity/SPY.1d.parquet", "SPY=STK.SMART", "bars", "1d", 5_849),
        ("ticks/binance_BTCUSDT-PERP.20240808.quotes.parquet", "BTCUSDT-LINEAR.BYBIT", "quotes", None, 66_089),
        ("ticks/binance_BTCUSDT-PERP.20240808.trades.parquet", "BTCUSDT-LINEAR.BYBIT", "trades", None, 21_313),
        (f"{DKOTL}/BNB_USDT_USDT-1h-funding_rate.feather", "BNBUSDT-LINEAR.BYBIT", "funding", None, 902),
        ("raw/nautechsystems__nautilus_trader/tests/test_data/truefx/usdjpy-ticks.csv", USDJPY, "quotes", None, 1_000),
    ]
    return found


@pytest.mark.parametrize(("file", "instrument", "kind", "bar", "rows"), _cases())
def test_a_clean_file_goes_in_whole(
    realdata: Path, file: str, instrument: str, kind: str, bar: str | None, rows: int
) -> None:
    report = take(realdata / file, instrument, kind, bar)
    assert report.outcome is Outcome.IMPORTED
    assert report.taken.findings.refusals == ()
    assert report.new_rows == rows


def test_bars_are_stored_row_for_row(home: Path, realdata: Path) -> None:
    file = realdata / "crypto_perp/bybit/BTCUSDT-PERP.5m.parquet"
    take(file, "BTCUSDT-LINEAR.BYBIT", bar="5m")
    stored = Catalog(home / "catalog" / "main").bars("BTCUSDT-LINEAR.BYBIT", Step(5, "m"), PriceSide.LAST)
    source = pq.read_table(file)
    for name in ("open", "high", "low", "close", "volume"):
        assert np.array_equal(getattr(stored, name), source[name].to_numpy()), name


def test_the_flash_crash_is_told_and_kept(realdata: Path) -> None:
    report = take(realdata / "crypto_perp/bybit/SOLUSDT-PERP.5m.parquet", "SOLUSDT-LINEAR.BYBIT", bar="5m")
    spike = report.taken.findings.of(DefectKind.SPIKE)
    assert spike is not None
    assert "2025-10-10 21:20:00" in spike.sentence


def test_the_raw_file_and_the_tidy_one_agree(realdata: Path) -> None:
    take(realdata / "crypto_spot/bybit/BTCUSDT.5m.parquet", "BTCUSDT-SPOT.BYBIT", bar="5m")
    raw = realdata / "raw/pennyqiu__freqtradeEthan/user_data/data/bybit/BTC_USDT-5m.feather"
    assert take(raw, "BTCUSDT-SPOT.BYBIT", bar="5m").outcome is Outcome.UNCHANGED


def test_settlements_of_two_publishers_are_not_charged_twice(home: Path, realdata: Path) -> None:
    place = realdata / "crypto_perp/binance"
    take(place / "BTCUSDT-PERP.funding.2020s.parquet", "BTCUSDT-LINEAR.BYBIT", "funding")
    assert take(place / "BTCUSDT-PERP.funding.parquet", "BTCUSDT-LINEAR.BYBIT", "funding").new_rows == 403
    ts = Catalog(home / "catalog" / "main").funding("BTCUSDT-LINEAR.BYBIT").ts
    assert np.diff(ts).min() > 7 * 3_600_000_000_000


def test_two_blocks_with_years_between_are_refused_for_the_gap(home: Path, realdata: Path) -> None:
    report = take(realdata / "forex/oanda/EURUSD.1m.bidask.parquet", EURUSD, bar="1m")
    assert report.outcome is Outcome.REFUSED
    assert [defect.kind for defect in report.taken.findings.refusals] == [DefectKind.GAP]
    assert list(home.rglob("*.parquet")) == []


def test_a_coin_of_the_users_own_is_imported_after_dropping_a_file(home: Path, realdata: Path) -> None:
    file = realdata / "raw/owlacar-dotcom__isda/NEARUSDT-1m-2025-09.csv"
    with pytest.raises(UnknownInstrument, match="NEARUSDT-LINEAR"):
        take(file, "NEARUSDT-LINEAR.BYBIT", bar="1m")
    terms = {
        "product": "perpetual", "lane": "cryptofutures", "session": "continuous", "source": "a test",
        "defaults": {
            "currency": "USDT", "price_step": "0.001", "size_step": "0.1", "minimum_quantity": "0.1",
            "maker_fee": "0.0002", "taker_fee": "0.00055", "margin_init": "0.1", "margin_maint": "0.05",
            "funding_minutes": 480,
        },
        "instruments": {"NEARUSDT-LINEAR.BYBIT": {"base": "NEAR"}},
    }  # fmt: skip
    (home / "config" / "instruments").mkdir(parents=True)
    (home / "config" / "instruments" / "near.json").write_text(json.dumps(terms))
    report = take(file, "NEARUSDT-LINEAR.BYBIT", bar="1m")
    assert (report.outcome, report.new_rows) == (Outcome.IMPORTED, 30 * 1440)


def test_chains_become_contracts_that_can_be_traded(home: Path, realdata: Path) -> None:
    file = realdata / "options/us_etf/IWM.chains.2026-08.parquet"
    report = take(file, "IWM=STK.SMART", data.CHAINS)
    catalog = Catalog(home / "catalog" / "main")
    contracts = catalog.instruments()
    assert report.outcome is Outcome.IMPORTED
    assert report.taken.findings.rows == 11_113 == report.taken.added["quotes"] + sum(report.taken.skipped.values())
    assert catalog.span("IWM=STK.SMART", Kind.TRADES) is not None
    for contract in contracts[:: len(contracts) // 20]:
        quotes = catalog.quotes(str(contract.id))
        assert np.all(quotes.bid >= 0.01)
        assert np.all(quotes.ask >= quotes.bid)
        assert quotes.ts[-1] <= contract.expiration_ns


def test_crossed_option_quotes_refuse_until_repaired(realdata: Path) -> None:
    file = realdata / "options/us_equity/AAPL.quotes.1h.2014.parquet"
    report = take(file, "AAPL=STK.SMART", data.CHAINS)
    (defect,) = report.taken.findings.refusals
    assert (report.outcome, defect.kind, defect.count) == (Outcome.REFUSED, DefectKind.CROSSED_QUOTE, 2)


def test_a_real_file_with_planted_dirt_is_repaired_to_the_original(home: Path, realdata: Path, tmp_path: Path) -> None:
    table = pq.read_table(realdata / "crypto_perp/bybit/ETHUSDT-PERP.5m.parquet").slice(0, 20_000)
    order = np.r_[0:5_000, 4_990:20_000]
    order[[100, 101]] = order[[101, 100]]
    dirty = tmp_path / "dirty.parquet"
    pq.write_table(table.take(order), dirty)
    assert take(dirty, "ETHUSDT-LINEAR.BYBIT", bar="5m").outcome is Outcome.REFUSED
    report = take(dirty, "ETHUSDT-LINEAR.BYBIT", bar="5m", on_defect=OnDefect.REPAIR)
    assert (report.outcome, report.new_rows) == (Outcome.IMPORTED, 20_000)
    stored = Catalog(home / "catalog" / "main").bars("ETHUSDT-LINEAR.BYBIT", Step(5, "m"), PriceSide.LAST)
    assert np.array_equal(stored.close, table["close"].to_numpy())
