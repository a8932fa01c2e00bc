# file: tests/core/market/instruments/testsyncing.py
from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tradingbot.core.config.home import config_file, config_files
from tradingbot.core.config.load import read_json
from tradingbot.core.errors import ConfigError
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.instruments.syncing import house_form, write_terms
from tradingbot.core.market.instruments.venueterms import TermDifference, stated_terms

NAME = "BTCUSDT-LINEAR.BYBIT"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    return tmp_path


def difference(field: str, venue: str, name: str = NAME) -> TermDifference:
    return TermDifference(name, field, None, Decimal(venue), blocks=True)


def test_the_shipped_files_are_in_the_form_that_is_written() -> None:
    crypto = [path for path in config_files("instruments") if path.name.startswith("bybit")]
    assert [path.read_text(encoding="utf-8") for path in crypto] == [house_form(read_json(path)) for path in crypto]


def test_the_venues_numbers_go_into_the_homes_file_and_nothing_else_changes(home: Path) -> None:
    shipped = config_file("instruments/bybitlinear.json").read_text(encoding="utf-8")
    changes = [
        difference("price_step", "0.50"),
        difference("maximum_quantity", "119"),
        difference("funding_minutes", "240"),
    ]
    (written,) = write_terms(changes, "Bybit on a day")
    assert written == home / "config" / "instruments" / "bybitlinear.json"
    now = stated_terms(load_listing(NAME))
    assert (now["price_step"], now["maximum_quantity"], now["funding_minutes"]) == tuple(
        map(Decimal, ("0.5", "119", "240"))
    )
    assert load_listing(NAME).source.startswith(
        "price_step, maximum_quantity, funding_minutes: Bybit on a day. The rest: "
    )
    changed = [line for line in written.read_text(encoding="utf-8").splitlines() if line not in shipped]
    assert [NAME in line for line in changed] == [True]


def test_numbers_that_make_no_valid_row_are_refused_and_nothing_is_written(home: Path) -> None:
    with pytest.raises(
        ConfigError, match=rf"{NAME}: minimum_quantity was 0.001, allowed are multiples of size_step 0.3"
    ):
        write_terms([difference("size_step", "0.3")], "Bybit")
    assert not list(home.rglob("*.json"))


def test_an_instrument_of_no_file_changes_nothing(home: Path) -> None:
    assert write_terms([difference("size_step", "1", "NOUSDT-LINEAR.BYBIT")], "Bybit") == []
    assert not list(home.rglob("*.json"))
