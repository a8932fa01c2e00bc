# file: tests/core/config/testvenues.py
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tradingbot.core.config.venues import bybit_venue
from tradingbot.core.errors import ConfigError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    return tmp_path


def write(home: Path, text: Any) -> None:
    (home / "config").mkdir()
    (home / "config" / "venues.json").write_text(json.dumps(text), encoding="utf-8")


def test_the_shipped_file_names_no_environment_and_is_refused_with_what_to_write(home: Path) -> None:
    with pytest.raises(ConfigError, match=r"environment was null, allowed is mainnet, testnet or demo") as refused:
        bybit_venue()
    assert f'write into {home}/config/venues.json: {{"bybit": {{"environment": "mainnet"}}}}' in str(refused.value)


@pytest.mark.parametrize("text", [{}, {"bybit": {"http": "http://127.0.0.1:1"}}, {"bybit": {"environment": None}}])
def test_a_file_without_an_environment_is_refused(home: Path, text: Any) -> None:
    write(home, text)
    with pytest.raises(ConfigError, match="allowed is mainnet, testnet or demo, and none is assumed"):
        bybit_venue()


def test_endpoints_are_the_environments_own_unless_named(home: Path) -> None:
    write(home, {"bybit": {"environment": "testnet", "ws_public_spot": "ws://127.0.0.1:9/v5/public/spot"}})
    venue = bybit_venue()
    assert (venue.environment, venue.http, venue.ws_public_linear) == ("testnet", None, None)
    assert venue.ws_public_spot == "ws://127.0.0.1:9/v5/public/spot"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("environment", "real"),
        ("http", "api.example.com"),
        ("http", "http://127.0.0.1:80/"),
        ("ws_public_linear", "https://127.0.0.1"),
        ("api_key", "abcdef"),
        ("requests_per_second", 0),
        ("patience_s", -1),
        ("htttp", None),
    ],
)
def test_a_wrong_field_is_refused_by_name(home: Path, field: str, value: Any) -> None:
    write(home, {"bybit": {"environment": "mainnet", field: value}})
    with pytest.raises(ConfigError, match=rf"bybit\.{field}"):
        bybit_venue()
