# file: tests/testvalidationcli.py
from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.core.registry.samples import NOW, install
from tests.core.report.validation.sample import sample
from tests.operations.testvalidating import put
from tradingbot.core.errors import BadInput
from tradingbot.validationcli import validation_app


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    monkeypatch.delenv("TRADINGBOT_SIGNING_KEY", raising=False)
    return tmp_path


def said(*words: str) -> Result:
    return CliRunner().invoke(validation_app, list(words))


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
