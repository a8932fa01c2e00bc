# file: tests/testlookahead.py
"""The lookahead lab as a verb: a clean strategy, a leak, a coin that is tossed, a file nobody can cut."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.core.validation.validationfixture import settle, walk
from tradingbot.cli.app import app
from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.validation.lookahead.record import LookaheadReport

READER = "tests.core.validation.lookahead.strays:"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    settle(tmp_path, walk(150))
    return tmp_path


def strategy(home: Path, path: str, **params: object) -> str:
    config = json.loads((home / "fader.json").read_text(encoding="utf-8"))
    config["strategies"] = [{"path": path, "params": params}]
    (home / "stray.json").write_text(json.dumps(config | {"realism": "fast"}), encoding="utf-8")
    return "stray.json"


def test_a_clean_strategy_ends_with_one_line(home: Path) -> None:
    path = strategy(home, "tests.core.validation.reversionstrategy:Fader", bars=10, far=0.004)
    shown = CliRunner().invoke(app, ["lookahead", path, "--samples", "3", "--seed", "5", "--workers", "2"])
    assert shown.exit_code == 0, shown.stdout
    said = " ".join(shown.stdout.split())
    assert said.startswith("✓ clean: fader: ")
    assert said.endswith("none changed at 3 cuts (seed 5)")
    assert "[x]" not in said


def test_a_strategy_that_decides_nothing_is_no_success(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = LookaheadReport("fader", 5, 0, (), (), ())
    monkeypatch.setattr("tradingbot.lookahead.look_ahead", lambda *_args, **_options: report)
    shown = CliRunner().invoke(app, ["lookahead", "fader.json"])
    assert shown.exit_code == 0
    assert shown.stdout == "? undecided: fader: it decided nothing, so there was nothing to look at (seed 5)\n"


def test_a_coin_that_is_tossed_is_no_lookahead_and_no_clean_strategy(home: Path) -> None:
    shown = CliRunner().invoke(app, ["lookahead", strategy(home, READER + "Tosser"), "--samples", "2", "--json"])
    assert isinstance(shown.exception, PolicyRefused)
    found = json.loads(shown.stdout)
    assert [item["kind"] for item in found["findings"]] == ["nondeterminism"]
    assert "the same data gave another decision" in found["reason"]
    assert (found["clean"], found["verdict"]) == (False, "nondeterminism")


def test_a_file_outside_the_catalog_is_named(home: Path) -> None:
    table = home / "features.csv"
    table.write_text("1\n" * 200, encoding="utf-8")
    path = strategy(home, READER + "Peeper", table=str(table))
    shown = CliRunner().invoke(app, ["lookahead", path, "--samples", "2"])
    assert isinstance(shown.exception, PolicyRefused)
    assert str(shown.exception) == f"fader: it reads {table}, which the lab cannot cut off at a time"


def test_a_leak_is_shown_in_a_table_and_ends_with_3(home: Path) -> None:
    path = strategy(home, READER + "Knower", catalog=str(home / "catalog" / "main"))
    shown = CliRunner().invoke(app, ["lookahead", path, "--samples", "2"], env={"COLUMNS": "200"})
    assert isinstance(shown.exception, PolicyRefused)
    assert "it reads close of BTCUSDT-LINEAR.BYBIT bars" in str(shown.exception)
    assert "first seen in" in shown.stdout


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--samples", "0"], "--samples was 0, allowed is 1 or more"),
        (["--workers", "0"], "--workers was 0, allowed is 1 or more"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(home: Path, options: list[str], sentence: str) -> None:
    shown = CliRunner().invoke(app, ["lookahead", "fader.json", *options])
    assert isinstance(shown.exception, BadInput)
    assert str(shown.exception) == sentence
