# file: tests/operations/testvalidation.py
from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.core.registry.samples import NOW, change, install, sha, unsigned
from tests.reports.validation.samples import bare, hollow, sample
from tradingbot import promote as door
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.registry.certificate import sign
from tradingbot.core.registry.signing import signing_key
from tradingbot.core.registry.states import State
from tradingbot.core.registry.store import Registry, record_outcome
from tradingbot.core.validation.record import ValidationRecord
from tradingbot.operations import validation as validating


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    monkeypatch.delenv("TRADINGBOT_SIGNING_KEY", raising=False)
    return tmp_path


def put(home: Path, record: ValidationRecord, written: int = NOW) -> Path:
    """Write a report as a validation that ended then would."""
    path = home / "logs" / "validation" / record.candidate / record.run / "report.json"
    path.parent.mkdir(parents=True)
    path.write_text(record.to_json(), encoding="utf-8")
    os.utime(path, ns=(written, written))
    return path


def made(kind: str = "pass", **fields: Any) -> ValidationRecord:
    return sample(kind).model_copy(update={"candidate": "reversion", "run": "9f31c2"} | fields)


def certify(home: Path, record: ValidationRecord, **fields: Any) -> None:
    """Enter a certificate of the report into the registry."""
    given: dict[str, Any] = {"candidate": record.candidate, "run": record.run, "report_sha256": record.sha256}
    found = sign(unsigned(**given | fields), signing_key(home / "state" / "keys" / "validator.pem"))
    row = change(State.VALIDATED, candidate=record.candidate, certificate=found.to_json())
    record_outcome(Registry(door.registry_path()), row)


def test_the_report_is_told_in_words_and_numbers(home: Path) -> None:
    record = made()
    put(home, record)
    view = validating.validation("reversion")
    assert (view.candidate, view.run, view.finished, view.verdict) == ("reversion", "9f31c2", NOW, "PASS")
    assert (view.reason, view.sha256, view.budget) == (record.verdict.reason, record.sha256, record.origin.budget)
    assert (view.reasons, view.settle) == (record.verdict.reasons, record.verdict.settle)
    sharpe = next(one for one in view.criteria if one.name == "sharpe")
    assert (sharpe.was, sharpe.limit, sharpe.answer, sharpe.passed) == ("3.12", "≥ 2.00", "pass", True)
    assert len(view.criteria) == len(record.criteria)
    assert {fact.name: fact.value for fact in view.facts} == {
        "Trades": "1,104", "Sharpe": "3.12", "DSR": "87.1 %", "PBO": "11.4 %", "MaxDD": "9.4 %", "PF": "1.94",
        "CVaR": "2.1 %", "Trials": "214", "Budget": "full", "Data": "2020-11-01 to 2024-10-13",
    }  # fmt: skip
    assert ValidationRecord.model_validate(view.report) == record


@pytest.mark.parametrize("kind", ["fail", "insufficient"])
def test_a_criterion_passes_only_where_its_answer_does(home: Path, kind: str) -> None:
    put(home, made(kind))
    found = validating.validation("reversion").criteria
    assert {one.passed for one in found} == {True, False}
    assert [one.passed for one in found] == [one.answer == "pass" for one in found]


@pytest.mark.parametrize("record", [bare(), hollow()])
def test_what_is_undefined_is_told_as_such(home: Path, record: ValidationRecord) -> None:
    put(home, record.model_copy(update={"candidate": "silent"}))
    facts = {fact.name: fact.value for fact in validating.validation("silent").facts}
    assert facts["DSR"] == facts["PBO"] == "\N{EN DASH}"
    assert (facts["Sharpe"] == "\N{EN DASH}") is (record.pooled.measured.sharpe is None)


def test_the_newest_report_is_told(home: Path) -> None:
    put(home, made(run="a-late-one"), NOW + 2)
    put(home, made("fail", run="z-early-one"), NOW + 1)
    assert validating.validation("reversion").run == "a-late-one"
    put(home, made("insufficient", run="quick"), NOW + 3)
    assert validating.validation("reversion").verdict == "INSUFFICIENT_EVIDENCE"


def test_its_page_is_named_where_there_is_one(home: Path) -> None:
    page = put(home, made()).with_name("report.html")
    assert validating.validation("reversion").html == ""
    page.touch()
    assert validating.validation("reversion").html == str(page)


def test_a_certificate_of_the_run_is_told_and_one_of_another_is_not(home: Path) -> None:
    record = made()
    put(home, record)
    view = validating.validation("reversion")
    assert (view.certified, view.issued, view.expires) == (False, None, None)
    certify(home, record)
    view = validating.validation("reversion")
    assert (view.certified, view.issued, view.expires) == (True, NOW, unsigned().expires_ns)
    certify(home, record, run="another")
    assert not validating.validation("reversion").certified
    certify(home, record, report_sha256=sha("another"))
    assert not validating.validation("reversion").certified


def test_a_registry_that_cannot_be_read_is_told_beside_the_report(home: Path) -> None:
    record = made()
    put(home, record)
    certify(home, record)
    with closing(sqlite3.connect(door.registry_path())) as file, file:
        file.execute("DROP TRIGGER noupdate")
    view = validating.validation("reversion")
    assert not view.certified
    assert view.cautions[:-1] == record.cautions
    assert view.cautions[-1].startswith("whether it is certified is not known: ")


def test_who_has_a_report_is_told(home: Path) -> None:
    assert validating.candidates() == ()
    put(home, made(candidate="b", run="r"))
    put(home, made(candidate="a", run="r"))
    put(home, made(candidate="a", run="s"))
    (home / "logs" / "validation" / "empty").mkdir()
    assert validating.candidates() == ("a", "b")


@pytest.mark.parametrize(
    "name", ["unknown", "", ".", "..", "../validation/reversion", "reversion/9f31c2", "*", "r*", "/etc"]
)
def test_what_has_no_report_is_refused_with_those_that_have(home: Path, name: str) -> None:
    put(home, made())
    with pytest.raises(BadInput) as refused:
        validating.validation(name)
    assert str(refused.value) == f"{name!r} has no report of a validation, those that have one: reversion"


@pytest.mark.parametrize("name", ["../../secret", "..", "/secret", "a/../../secret", "secret\x00"])
def test_no_name_leads_out_of_the_reports(home: Path, name: str) -> None:
    record = made(candidate="secret", run="r")
    path = home / "secret" / "r" / "report.json"
    path.parent.mkdir(parents=True)
    path.write_text(record.to_json(), encoding="utf-8")
    (home / "logs" / "validation").mkdir(parents=True)
    with pytest.raises(BadInput, match=r"those that have one: none$"):
        validating.validation(name)


def damages() -> list[tuple[str, str]]:
    text = made().to_json()
    better = json.loads(text)
    better["pooled"]["cvar"] = 0.0001
    foreign = made(candidate="other").to_json()
    return [
        ("", "is no report of a validation any more"),
        (text[:900], "is no report of a validation any more"),
        ("[]", "is no report of a validation any more"),
        ("5", "is no report of a validation any more"),
        ("[" * 100_000, "is no report of a validation any more"),
        (text.replace('"run"', '"ran"'), "is no report of a validation any more"),
        (json.dumps(better), "is not what was written: its sha256 was "),
        (foreign, "is the report of 'other', run '9f31c2'"),
    ]


@pytest.mark.parametrize(("text", "why"), damages(), ids=lambda value: value[:20])
def test_a_damaged_report_is_one_sentence(home: Path, text: str, why: str) -> None:
    path = put(home, made())
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RunFailed) as failed:
        validating.validation("reversion")
    assert str(failed.value).startswith(f"{path} {why}")
    assert "\n" not in str(failed.value)


def test_bytes_that_are_no_text_are_one_sentence_too(home: Path) -> None:
    path = put(home, made())
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RunFailed, match=r"report.json is no report of a validation any more$"):
        validating.validation("reversion")


def test_a_report_that_cannot_be_opened_is_told(home: Path) -> None:
    path = put(home, made())
    path.unlink()
    path.mkdir()
    with pytest.raises(RunFailed, match=r"^the report .*report.json could not be read: Is a directory$"):
        validating.validation("reversion")


def test_what_a_validation_wrote_and_certified_is_found(home: Path) -> None:
    install(home)
    view = validating.validation("trend-1")
    assert (view.run, view.certified, view.verdict) == ("run-1", True, "PASS")
