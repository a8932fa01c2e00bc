# file: tests/testtraincli.py
"""The verb parses, calls its door once and prints what comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.core.report.training.samples import sample as record
from tradingbot import train as door
from tradingbot.cli import app
from tradingbot.core.errors import BadInput
from tradingbot.core.report.training.record import TrainingRecord


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    heard: list[Any] = []

    def train(path: Path, settings: Any, **options: Any) -> door.Trained:
        options.pop("stage")("a part")(1, 2)
        heard.append((path, tuple(settings), options))
        return door.Trained(record(), Path("report.json"), Path("report.html"), Path("state/models/abc"), "")

    monkeypatch.setattr(door, "train", train)
    return heard


def test_options_reach_the_door_and_files_and_scores_are_shown(asked: list[Any]) -> None:
    words = ["train", "there.json", "--trials", "3", "--workers", "2", "--no-tracking", "--set", "seed=5"]
    found = CliRunner().invoke(app, words)
    assert found.exit_code == 0
    options = {"trials": 3, "workers": 2, "cluster": None, "tracking": False}
    assert asked == [(Path("there.json"), ("seed=5",), options)]
    for shown in ("report.html", "report.json", "state/models/abc", "stack", "linear"):
        assert shown in found.stdout


def test_by_default_the_recipe_says_how_many_trials_and_it_is_tracked(asked: list[Any]) -> None:
    assert CliRunner().invoke(app, ["train", "there.json"]).exit_code == 0
    assert asked[0][2] == {"trials": None, "workers": None, "cluster": None, "tracking": True}


def test_json_alone_is_on_standard_output(asked: list[Any]) -> None:
    found = CliRunner().invoke(app, ["train", "there.json", "--json"])
    assert found.stdout == record().to_json()
    assert asked
    values = TrainingRecord.model_validate_json(found.stdout.replace(f'"sha256": "{record().sha256}",\n', ""))
    assert values == record()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--workers", "0"], "--workers was 0, allowed is 1 or more"),
        (["--trials", "-1"], "--trials was -1, allowed is 0 or more"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(options: list[str], sentence: str, asked: list[Any]) -> None:
    shown = CliRunner().invoke(app, ["train", "there.json", *options])
    assert isinstance(shown.exception, BadInput)
    assert str(shown.exception) == sentence
    assert asked == []
