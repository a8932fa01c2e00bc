# file: tests/cli/testdownload.py
from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.venues.bybit.venue import BybitVenue
from tradingbot.cli.data import data_app
from tradingbot.core.errors import ConfigError, DataDefect, RunFailed

START_MS = 1_780_012_890_500
NAME = "BTCUSDT-LINEAR.BYBIT"
HOUR = ["download", "--instrument", NAME, "--start", "2026-05-28T23:01"]


@pytest.fixture
def venue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BybitVenue]:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    with BybitVenue(START_MS, limit=None) as venue:
        (tmp_path / "config").mkdir()
        bybit = {"environment": "mainnet", "http": venue.http, "requests_per_second": 100}
        (tmp_path / "config" / "venues.json").write_text(json.dumps({"bybit": bybit}), encoding="utf-8")
        yield venue


def run(*words: str) -> str:
    done = CliRunner().invoke(data_app, [*words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def answered(*words: str) -> Any:
    return json.loads(run(*words, "--json"))


def test_a_download_says_what_was_due_and_came(venue: BybitVenue, tmp_path: Path) -> None:
    said = run(*HOUR)
    assert f"{NAME} bars 1m from {venue.http}/v5/market/kline" in said
    assert "2026-05-28 23:02:00 to 2026-05-29 00:01:00 UTC: 60 rows due, 0 held, 60 asked for, 60 came" in said
    assert f"downloaded 60 new rows into {tmp_path / 'catalog' / 'main'}" in said
    assert "nothing was downloaded" in run(*HOUR)


def test_missing_minutes_are_told_on_the_screen_and_in_json(venue: BybitVenue) -> None:
    begin = START_MS // 60_000 * 60_000 - 1_800_000
    for minute in range(0, 30, 2):
        venue.fault("missing", start_ms=begin + minute * 60_000, end_ms=begin + (minute + 1) * 60_000)
    (answer,) = answered(*HOUR)["downloads"]
    assert (answer["due"], answer["came"], answer["missing_rows"], answer["outcome"]) == (60, 45, 15, "imported")
    assert answer["missing"][0] == ["2026-05-28 23:32:00", "2026-05-28 23:32:00"]
    assert [(each["kind"], each["severity"]) for each in answer["defects"]] == [("gap", "warn")]
    said = run(*HOUR)
    assert "missing at the venue: 2026-05-28 23:32:00\n" in said
    assert "missing at the venue: 5 more stretches; --json names them all" in said
    assert ", 15 missing" in said


def test_several_instruments_and_kinds_then_an_update(venue: BybitVenue) -> None:
    both = answered(*HOUR, "--instrument", "ETHUSDT-SPOT.BYBIT")["downloads"]
    assert [each["new_rows"] for each in both] == [60, 60]
    assert answered(*HOUR, "--kind", "trades")["downloads"][0]["new_rows"] > 100
    venue.advance(600)
    update = answered("update")
    assert [each["new_rows"] for each in update["downloads"]] == [10, 10]
    assert update["left"] == [f"{NAME} trades stays as it is: Bybit's API has no past trades"]
    assert "note: " in run("update")


def test_a_refusal_is_told_and_the_other_instruments_come(venue: BybitVenue) -> None:
    words = [*HOUR[:1], "--instrument", "EUR/USD.IDEALPRO", *HOUR[1:], "--json"]
    done = CliRunner().invoke(data_app, words)
    assert isinstance(done.exception, DataDefect)
    assert "EUR/USD.IDEALPRO cannot be downloaded" in str(done.exception)
    assert [each["outcome"] for each in json.loads(done.stdout)["downloads"]] == ["refused", "imported"]


def test_what_came_before_the_venue_failed_is_told(venue: BybitVenue) -> None:
    venue.fault("ban", symbol="ETHUSDT")
    done = CliRunner().invoke(data_app, [*HOUR, "--instrument", "ETHUSDT-SPOT.BYBIT", "--json"])
    assert isinstance(done.exception, RunFailed)
    assert "refused with HTTP 403" in str(done.exception)
    assert [each["new_rows"] for each in json.loads(done.stdout)["downloads"]] == [60]


def test_a_hole_of_the_venues_own_is_no_defect_of_the_catalog(venue: BybitVenue) -> None:
    begin = START_MS // 60_000 * 60_000 - 1_800_000
    venue.fault("missing", start_ms=begin, end_ms=begin + 1_200_000)
    run(*HOUR)
    (checked,) = [each for each in answered("check")["series"] if each["kind"] == "bars"]
    assert [(each["kind"], each["severity"], each["count"]) for each in checked["defects"]] == [("gap", "warn", 20)]


def test_instruments_are_compared_then_written(venue: BybitVenue, tmp_path: Path) -> None:
    compared = answered("instruments", "--check")
    assert (compared["compared"], compared["unlisted"], compared["written"]) == (24, [], [])
    assert {(each["field"], each["blocks"]) for each in compared["differences"]} == {("maximum_quantity", False)}
    assert not (tmp_path / "config" / "instruments").exists()
    said = run("instruments", "--sync")
    assert f"written: {tmp_path / 'config' / 'instruments' / 'bybitspot.json'}" in said
    assert "24 instruments compared with Bybit mainnet, 0 differences" in run("instruments", "--check")


def test_a_check_that_would_refuse_a_node_ends_with_both_numbers(venue: BybitVenue, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "config" / "instruments" / "bybitspot.json").read_text(encoding="utf-8")
    (tmp_path / "config" / "instruments").mkdir()
    wrong = text.replace('"price_step": "0.1", "size_step": "0.000001"', '"price_step": "0.2", "size_step": "0.000001"')
    (tmp_path / "config" / "instruments" / "bybitspot.json").write_text(wrong, encoding="utf-8")
    done = CliRunner().invoke(data_app, ["instruments", "--check"])
    assert isinstance(done.exception, ConfigError)
    assert "BTCUSDT-SPOT.BYBIT: price_step is 0.2 in config/instruments and 0.1 at the venue" in str(done.exception)
    assert "a node would be refused" in done.stdout
