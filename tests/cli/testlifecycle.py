# file: tests/cli/testlifecycle.py
"""The verb parses, calls its usecase once and prints what comes back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.core.registry.samples import NOW, install
from tests.operations.testvalidation import put
from tests.reports.training.samples import sample as record
from tests.reports.validation.samples import sample
from tradingbot import train as usecase
from tradingbot.cli.app import app
from tradingbot.core.errors import BadInput
from tradingbot.learning.training.record import TrainingRecord


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    heard: list[Any] = []

    def train(path: Path, settings: Any, **options: Any) -> usecase.Trained:
        options.pop("stage")("a part")(1, 2)
        heard.append((path, tuple(settings), options))
        return usecase.Trained(record(), Path("report.json"), Path("report.html"), Path("state/models/abc"), "")

    monkeypatch.setattr(usecase, "train", train)
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


def said(*words: str) -> Result:
    return CliRunner().invoke(app, ["validation", *words])


def test_the_last_report_is_shown_with_where_it_is_and_that_nobody_vouches_for_it(home: Path) -> None:
    page = put(home, sample().model_copy(update={"candidate": "reversion", "run": "9f31c2"})).with_name("report.html")
    page.touch()
    shown = said("reversion").output
    assert "PASS" in shown
    assert "3.12" in shown
    assert str(page) in shown.replace("\n", "")
    assert shown.endswith("Written at 2025-11-24T16:00:00Z; no certificate of the registry is of this run\n")


def test_a_certified_one_says_until_when(home: Path) -> None:
    install(home)
    assert said("trend-1").output.endswith("; certified until 2026-02-22T16:00:00Z\n")


def test_it_answers_in_json_with_the_whole_report(home: Path) -> None:
    record = sample().model_copy(update={"candidate": "reversion", "run": "9f31c2"})
    put(home, record, NOW)
    answer = json.loads(said("reversion", "--json").output)
    assert (answer["candidate"], answer["verdict"], answer["sha256"]) == ("reversion", "PASS", record.sha256)
    assert (answer["finished"], answer["expires"], answer["html"]) == ("2025-11-24T16:00:00Z", None, "")
    assert answer["criteria"][0].keys() >= {"name", "was", "limit", "passed"}
    assert answer["report"] == record.model_dump(mode="json")


def test_one_without_a_report_is_bad_input(home: Path) -> None:
    failed = said("x").exception
    assert isinstance(failed, BadInput)
    assert str(failed) == "'x' has no report of a validation, those that have one: none"
