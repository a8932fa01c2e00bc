# file: tests/ui/web/testsettings.py
from __future__ import annotations

from pathlib import Path

import pytest

from tradingbot.core.config.runtime import DashboardConfig
from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.ui.web.settings import WebSettings

PEM = "x.pem"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "::1"])
def test_on_the_loopback_it_needs_neither_account_nor_tls(host: str) -> None:
    WebSettings(host=host).check(needs_setup=True)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "trading.example", "localhost.example"])  # noqa: S104
def test_beyond_it_it_needs_both_and_says_what_is_missing(host: str) -> None:
    with pytest.raises(PolicyRefused, match="there is no account and no TLS"):
        WebSettings(host=host).check(needs_setup=True)
    with pytest.raises(PolicyRefused, match=r"there is no account$"):
        WebSettings(host=host, certificate=PEM, key=PEM).check(needs_setup=True)
    with pytest.raises(PolicyRefused, match="there is no TLS"):
        WebSettings(host=host).check(needs_setup=False)
    with pytest.raises(ValueError, match="certificate and key are needed both"):
        WebSettings(host=host, certificate=PEM)
    WebSettings(host=host, certificate=PEM, key=PEM).check(needs_setup=False)


def test_its_link_is_one_that_a_browser_can_open() -> None:
    assert WebSettings().link == "http://127.0.0.1:8420/"
    assert WebSettings(host="::1", port=9, certificate=PEM, key=PEM).link == "https://[::1]:9/"


def test_it_is_called_by_the_names_of_the_loopback_its_host_and_those_of_the_config() -> None:
    found = WebSettings(host="192.168.1.7", hosts=("Trading.Example",)).names
    assert {"127.0.0.1", "localhost", "[::1]", "192.168.1.7", "trading.example"} <= found


def test_what_is_given_wins_over_the_config(tmp_path: Path) -> None:
    (tmp_path / "c.pem").touch()
    values = {"host": "::1", "port": 9, "certificate": f"{tmp_path}/c.pem", "key": f"{tmp_path}/c.pem", "hosts": ("a",)}
    config = DashboardConfig.model_validate(values)
    assert WebSettings.of(config, "", 0) == WebSettings.model_validate(values)
    assert (WebSettings.of(config, "127.0.0.1", 1).host, WebSettings.of(config, "", 1).port) == ("127.0.0.1", 1)


def test_a_certificate_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = f"{tmp_path}/missing.pem"
    with pytest.raises(BadInput, match=r"missing\.pem was not found"):
        WebSettings.of(DashboardConfig(certificate=missing, key=missing), "", 0)
