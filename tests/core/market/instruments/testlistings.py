# file: tests/core/market/instruments/testlistings.py
from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from nautilus_trader.model import CryptoPerpetual, CurrencyPair, Equity, OptionContract

from tradingbot.core.errors import BadInput, ConfigError, UnknownInstrument
from tradingbot.core.lane import Lane
from tradingbot.core.market.instruments.listings import Instrument, listings, load_listing, option_contract

COINS = ("AAVE", "ADA", "AVAX", "BNB", "BTC", "DOGE", "ETH", "LINK", "LTC", "SOL", "SUI", "XRP")
PEPE: dict[str, Any] = {
    "product": "spot",
    "lane": "cryptospot",
    "session": "continuous",
    "source": "a test",
    "instruments": {
        "PEPEUSDT-SPOT.BYBIT": {
            "base": "PEPE", "currency": "USDT", "price_step": "0.0000000001", "size_step": "1", "minimum_quantity": "1",
            "maker_fee": "0.001", "taker_fee": "0.001", "margin_init": "1", "margin_maint": "1",
        }
    },
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    made = tmp_path / "config" / "instruments"
    made.mkdir(parents=True)
    return made


def test_the_promised_instruments_are_listed_and_survive_a_dictionary() -> None:
    ids = {listing.id for listing in listings()}
    assert {f"{coin}USDT-{product}.BYBIT" for coin in COINS for product in ("SPOT", "LINEAR")} <= ids
    assert {"EUR/USD.IDEALPRO", "USD/JPY.IDEALPRO", "EUR/CHF.IDEALPRO", "SPY=STK.SMART", "AAPL=STK.SMART"} <= ids
    assert [listing.id for listing in listings()] == sorted(ids)
    for listing in listings():
        kind: type[Instrument] = type(listing.instrument)
        assert kind.from_dict(listing.instrument.to_dict()) == listing.instrument


def test_a_perpetual_carries_steps_minimums_margins_and_terms() -> None:
    found = load_listing("BTCUSDT-LINEAR.BYBIT")
    made = found.instrument
    assert isinstance(made, CryptoPerpetual)
    assert (str(made.price_increment), made.price_precision) == ("0.1", 1)
    assert (str(made.size_increment), str(made.min_quantity), made.size_precision) == ("0.001", "0.001", 3)
    assert (str(made.min_notional), str(made.raw_symbol)) == ("5.00000000 USDT", "BTCUSDT")
    assert (made.margin_init, made.margin_maint) == (Decimal("0.1"), Decimal("0.005"))
    assert (found.maker_fee, found.taker_fee, found.funding_minutes) == (Decimal("0.0002"), Decimal("0.00055"), 480)
    assert (found.lane, found.session.name, found.product) == (Lane.CRYPTOFUTURES, "continuous", "perpetual")
    assert "instruments-info" in found.source


def test_pairs_and_shares_are_the_engines_own_kinds() -> None:
    euro, yen, coin, share = (
        load_listing(each).instrument
        for each in ("EUR/USD.IDEALPRO", "USD/JPY.IDEALPRO", "SOLUSDT-SPOT.BYBIT", "SPY=STK.SMART")
    )
    assert isinstance(euro, CurrencyPair)
    assert (str(euro.raw_symbol), str(euro.price_increment), euro.size_precision) == ("EUR.USD", "0.00005", 0)
    assert isinstance(yen, CurrencyPair)
    assert (str(yen.price_increment), str(yen.quote_currency.code)) == ("0.005", "JPY")
    assert isinstance(coin, CurrencyPair)
    assert (str(coin.raw_symbol), str(coin.size_increment), str(coin.multiplier)) == ("SOLUSDT", "0.001", "1")
    assert isinstance(share, Equity)
    assert (str(share.raw_symbol), str(share.min_quantity)) == ("SPY", "1")


def test_an_option_follows_from_its_id_and_expires_on_friday_if_dated_on_a_saturday() -> None:
    found = load_listing("SPY   260821C00600000=OPT.SMART")
    made = found.instrument
    assert isinstance(made, OptionContract)
    assert (made.underlying, str(made.strike_price), str(made.multiplier)) == ("SPY=STK", "600.00", "100")
    assert made.expiration_ns == 1_787_342_400_000_000_000
    assert (str(made.raw_symbol), found.session.name, found.lane) == ("SPY   260821C00600000", "usequity", Lane.OPTIONS)
    assert option_contract("SPY=STK.SMART", made.expiration_ns, Decimal(600), "C") == made
    made = load_listing("AAPL  140621P00092500=OPT.SMART").instrument
    assert isinstance(made, OptionContract)
    assert (str(made.id), str(made.strike_price)) == ("AAPL  140621P00092500=OPT.SMART", "92.50")
    assert made.expiration_ns == 1_403_294_400_000_000_000


@pytest.mark.parametrize("strike", ["0", "-5", "100000", "600.0005"])
def test_a_strike_that_no_symbol_holds_is_refused(strike: str) -> None:
    with pytest.raises(BadInput, match=f"strike was {strike}, allowed is more than 0 and below 100000 in steps"):
        option_contract("SPY=STK.SMART", 1_787_342_400_000_000_000, Decimal(strike), "P")


def test_a_right_that_is_none_and_a_date_that_is_none_are_refused() -> None:
    with pytest.raises(BadInput, match="right was 'X', allowed is C or P"):
        option_contract("SPY=STK.SMART", 1_787_342_400_000_000_000, Decimal(600), "X")  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="expiry was 260832, allowed is a date as yymmdd"):
        load_listing("SPY   260832C00600000=OPT.SMART")


def test_an_unknown_instrument_names_near_ones_and_the_folder(folder: Path) -> None:
    with pytest.raises(UnknownInstrument, match=r"BTCUSDT-PERP\.BYBIT is not defined, near are BTCUSDT-") as refused:
        load_listing("BTCUSDT-PERP.BYBIT")
    assert str(folder) in str(refused.value)
    with pytest.raises(UnknownInstrument, match="nonsense is not defined, 48 others are"):
        load_listing("nonsense")
    with pytest.raises(UnknownInstrument, match=r"no options on TSLA=STK\.SMART are defined, known .* AAPL"):
        load_listing("TSLA  260821C00600000=OPT.SMART")


def test_a_dropped_file_adds_an_instrument(folder: Path) -> None:
    before = len(listings())
    (folder / "mine.json").write_text(json.dumps(PEPE))
    assert load_listing("PEPEUSDT-SPOT.BYBIT").instrument.price_precision == 10
    assert len(listings()) == before + 1


def test_an_id_in_two_files_is_refused_naming_both(folder: Path) -> None:
    row = PEPE["instruments"]["PEPEUSDT-SPOT.BYBIT"]
    (folder / "mine.json").write_text(json.dumps(PEPE | {"instruments": {"BTCUSDT-SPOT.BYBIT": row}}))
    with pytest.raises(
        ConfigError, match=r"BTCUSDT-SPOT\.BYBIT is listed twice, in .*bybitspot\.json and in .*mine\.json"
    ):
        load_listing("EUR/USD.IDEALPRO")


@pytest.mark.parametrize(
    ("product", "message"), [("spot", "missing '.' separator"), ("equity", "allowed is 1 for shares")]
)
def test_what_the_engine_refuses_is_named_with_the_file(folder: Path, product: str, message: str) -> None:
    row = PEPE["instruments"]["PEPEUSDT-SPOT.BYBIT"] | {"multiplier": "10"}
    if product == "equity":
        row = {key: value for key, value in row.items() if key != "base"}
    name = "PEPE=STK.SMART" if product == "equity" else "PEPE"
    (folder / "mine.json").write_text(json.dumps(PEPE | {"product": product, "instruments": {name: row}}))
    with pytest.raises(ConfigError, match=rf"mine\.json: {name}: .*{message}"):
        listings()
