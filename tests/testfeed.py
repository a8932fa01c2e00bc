# file: tests/testfeed.py
from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.venues.bybit.listings import Listing, listings
from tests.venues.bybit.venue import BybitVenue
from tradingbot import feed as usecase
from tradingbot.core.errors import BadInput, ConfigError, RunFailed
from tradingbot.core.market.journal.reader import journal_file
from tradingbot.core.market.series import Step

START_MS = 1_780_012_890_500
NAME = "BTCUSDT-LINEAR.BYBIT"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    (tmp_path / "config").mkdir()
    return tmp_path


def _reach(home: Path, **bybit: Any) -> None:
    (home / "config" / "venues.json").write_text(json.dumps({"bybit": bybit}), encoding="utf-8")


def _feed(*names: str, step: str = "1m", **options: Any) -> None:
    usecase.feed("bybit", [(name, Step.parse(step)) for name in names], lambda _sentence: None, **options)


def test_the_journal_lies_in_the_home(home: Path) -> None:
    assert journal_file("bybit") == home / "state" / "feeds" / "bybit.db"


@pytest.mark.parametrize(
    ("names", "options", "said"),
    [
        ([], {}, "no instrument was named"),
        ([NAME], {"history": 0}, "--history was 0, allowed is 1 or more"),
        ([NAME], {"step": "2m"}, "--bar was 2m, Bybit has 1m, 3m"),
        (["EUR/USD.IDEALPRO"], {}, r"the instrument was EUR/USD.IDEALPRO, allowed in Bybit's feed are X-LINEAR.BYBIT"),
        (["NONEUSDT-LINEAR.BYBIT"], {}, "NONEUSDT-LINEAR.BYBIT"),
    ],
)
def test_what_cannot_be_fed_is_refused(home: Path, names: list[str], options: dict[str, Any], said: str) -> None:
    _reach(home, environment="mainnet", http="http://127.0.0.1:9")
    with pytest.raises(BadInput, match=said):
        _feed(*names, **options)


def test_another_venue_is_refused(home: Path) -> None:
    with pytest.raises(BadInput, match="the venue was nasdaq, allowed is bybit"):
        usecase.feed("nasdaq", [(NAME, Step(1, "m"))], lambda _sentence: None)


def test_without_an_environment_nothing_is_reached(home: Path) -> None:
    _reach(home)
    with pytest.raises(ConfigError, match=r"bybit.environment was null, allowed is mainnet, testnet or demo"):
        _feed(NAME)


def test_a_venue_that_does_not_answer_is_an_error_of_running(home: Path) -> None:
    _reach(home, environment="mainnet", http="http://127.0.0.1:9", patience_s=0)
    with pytest.raises(RunFailed, match="gave no answer"):
        _feed(NAME)


def test_terms_that_differ_are_refused_with_both_numbers(home: Path) -> None:
    with BybitVenue(START_MS, listed=_changed(listings())) as venue:
        _reach(home, environment="mainnet", http=venue.http)
        with pytest.raises(ConfigError, match=r"price_step is 0.1 in config/instruments and 0.5 at the venue"):
            _feed(NAME)
    assert not journal_file("bybit").exists()


def _changed(listed: Iterable[Listing]) -> list[Listing]:
    return [replace(each, price_step=Decimal("0.5")) if each.symbol == "BTCUSDT" else each for each in listed]
