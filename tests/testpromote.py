# file: tests/testpromote.py
from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.core.registry.samples import DAY, HEAD, NOW, PARTS, change, install, report, sha, unsigned
from tradingbot import promote as door
from tradingbot.core.config.home import SYNTHETIC
from tradingbot.core.errors import BadInput, ConfigError, LedgerTampered, PolicyRefused, RunFailed
from tradingbot.core.registry.certificate import NAMES, OPTIONAL, Certificate, sign
from tradingbot.core.registry.signing import signing_key
from tradingbot.core.registry.states import Change, State
from tradingbot.core.registry.store import Registry, record_outcome

LATER = NOW + DAY


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    monkeypatch.delenv("TRADINGBOT_SIGNING_KEY", raising=False)
    return tmp_path


@pytest.fixture
def certificate(home: Path) -> Certificate:
    return install(home)


def parts_now(_certificate: Certificate) -> dict[str, str]:
    return PARTS


def heads() -> Collection[str]:
    return {sha("the first trial"), HEAD, sha("a later trial")}


def promote(now: int = LATER, **other: Any) -> Change:
    given: dict[str, Any] = {"parts_now": parts_now, "trial_heads": heads} | other
    return door.promote("trend-1", "ann", "looks sound", now, **given)


def refused(sentence: str, kind: type[Exception] = PolicyRefused, **other: Any) -> None:
    """Assert that a promotion is refused in this sentence and leaves no row."""
    with pytest.raises(kind, match=sentence):
        promote(**other)
    assert [row.state for row in door.history("trend-1")] == [State.CANDIDATE, State.VALIDATED]


def test_what_is_as_it_was_validated_is_promoted_and_recorded(certificate: Certificate) -> None:
    row = promote()
    assert row == change(State.PROMOTED, why="looks sound", when_ns=LATER, certificate=certificate.to_json())
    assert door.registered() == [row]
    assert [past.state.value for past in door.history("trend-1")] == ["candidate", "validated", "promoted"]


@pytest.mark.parametrize("name", ["", "  "])
def test_nobody_promotes_without_a_name(certificate: Certificate, name: str) -> None:
    with pytest.raises(PolicyRefused, match=r"^trend-1 was not promoted: an operator's name is needed$"):
        door.promote("trend-1", name, "why", LATER, parts_now, heads)
    with pytest.raises(PolicyRefused, match=r"^trend-1 was not demoted: an operator's name and a reason are needed$"):
        door.demote("trend-1", name, "", LATER)
    with pytest.raises(PolicyRefused, match=r"^trend-1 was not retired: a reason is needed$"):
        door.retire("trend-1", "ann", name, LATER)


def test_a_name_that_steers_a_terminal_and_an_unknown_candidate_are_refused_and_no_reason_is_not(
    certificate: Certificate,
) -> None:
    with pytest.raises(BadInput, match=r"^who was 'ann\\x1b\[2J', allowed is one line of text$"):
        door.promote("trend-1", "ann\x1b[2J", "why", LATER, parts_now, heads)
    with pytest.raises(PolicyRefused, match=r"^'trend-9' is not in the registry .*, known: trend-1$"):
        door.promote("trend-9", "ann", "", LATER, parts_now, heads)
    assert door.promote("trend-1", "ann", "", LATER, parts_now, heads).why == ""


def test_an_empty_registry_knows_nobody_and_a_home_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PolicyRefused, match=r"known: none$"):
        door.retire("trend-1", "ann", "why", LATER)
    assert door.registered() == []
    assert not door.registry_path().exists()
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path / "mistyped"))
    with pytest.raises(RunFailed, match=r"^the home .*mistyped is not a folder; TRADINGBOT_HOME names it$"):
        door.registered()


@pytest.mark.parametrize("state", [state for state in State if state is not State.VALIDATED])
def test_only_a_validated_candidate_is_promoted(certificate: Certificate, state: State) -> None:
    registry = Registry(door.registry_path())
    if state is State.DEMOTED:
        promote()
    fields = {"certificate": certificate.to_json()} if state is State.PROMOTED else {}
    registry.record(change(state, **fields))
    with pytest.raises(PolicyRefused, match=f"^trend-1 is {state} and cannot become promoted, allowed is "):
        promote()


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        *((name, PARTS | {name: sha("other")}) for name in NAMES),
        *((name, {key: value for key, value in PARTS.items() if key != name}) for name in OPTIONAL),
        ("strategy, data, program", PARTS | {name: sha("other") for name in ("program", "strategy", "data")}),
    ],
)
def test_every_part_that_drifted_or_vanished_is_named(
    certificate: Certificate, names: str, parts: dict[str, str]
) -> None:
    sentence = f"^trend-1 was not promoted: {names} changed since it was validated on 2025-11-24$"
    refused(sentence, parts_now=lambda _: parts)


def test_parts_are_computed_from_what_the_certificate_says(certificate: Certificate) -> None:
    seen: list[Certificate] = []

    def computed(found: Certificate) -> dict[str, str]:
        seen.append(found)
        return PARTS

    promote(parts_now=computed)
    assert seen == [certificate]


def test_parts_that_cannot_be_computed_any_more_refuse(certificate: Certificate) -> None:
    def gone(_certificate: Certificate) -> dict[str, str]:
        raise ConfigError("config/backtests/trend.json was not found")

    refused(r"^the parts of trend-1 cannot be compared: config/backtests/trend.json was not found$", parts_now=gone)
    refused(r"^the parts of trend-1 cannot be compared: parts had no strategy", parts_now=lambda _: {})


def test_a_certificate_counts_from_its_first_moment_to_its_last(certificate: Certificate) -> None:
    for late in (0, 1, 400 * DAY):
        sentence = r"^the certificate of trend-1 expired at 2026-02-22T16:00:00Z; validate it again$"
        refused(sentence, now=certificate.expires_ns + late)
    refused(r"was issued at 2025-11-24T16:00:00Z, which is later than now$", now=NOW - 1)
    assert promote(now=certificate.expires_ns - 1).state is State.PROMOTED


def test_a_key_that_others_can_read_or_that_was_replaced_refuses(certificate: Certificate, home: Path) -> None:
    path = home / "state" / "keys" / "validator.pem"
    path.chmod(0o644)
    refused(r"was open to others \(mode 0644\), allowed is 0600$")
    path.unlink()
    refused(r"^the signing key .*validator.pem was not found, so no certificate can be checked$")
    signing_key(path)
    refused(r"^the certificate of trend-1 was signed with key [0-9a-f]{16}, allowed is [0-9a-f]{16}$")


def test_a_certificate_that_somebody_else_signed_refuses(home: Path) -> None:
    ours = install(home)
    theirs = sign(unsigned(report_sha256=ours.report_sha256), Ed25519PrivateKey.generate())
    forged = replace(theirs, key=ours.key)
    record_outcome(Registry(door.registry_path()), change(State.VALIDATED, certificate=forged.to_json()))
    with pytest.raises(PolicyRefused, match=r"^the certificate of trend-1 does not fit its signature: it was changed$"):
        promote()


def test_no_byte_of_the_report_changes_unseen(certificate: Certificate) -> None:
    path = door.report_path(certificate)
    whole = path.read_bytes()
    for place in range(0, len(whole), 23):
        changed = bytearray(whole)
        changed[place] ^= 1
        path.write_bytes(changed)
        with pytest.raises(PolicyRefused, match=r"^the report of trend-1 changed"):
            promote()
    path.unlink()
    refused(f"^the report of trend-1 is gone: {path} was not found$")
    path.write_bytes(whole)
    promote()


@pytest.mark.parametrize("text", ["", "[]", "5", "{}", "[" * 100_000, '{"candidate": "trend-1"}'])
def test_something_else_in_the_report_s_place_refuses(certificate: Certificate, text: str) -> None:
    door.report_path(certificate).write_text(text, encoding="utf-8")
    refused(r"^the report of trend-1 changed: .*report.json is no report of a validation any more$")


def rehashed(text: str) -> str:
    row = json.loads(text) | {"sha256": sha("other")}
    return json.dumps(row, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


@pytest.mark.parametrize(
    "altered",
    [lambda text: text + " ", lambda text: text + "\n", rehashed, lambda _: report(cautions=()).to_json()],
    ids=["space", "line", "another hash", "better numbers"],
)
def test_a_report_written_anew_refuses(certificate: Certificate, altered: Callable[[str], str]) -> None:
    path = door.report_path(certificate)
    path.write_text(altered(path.read_text(encoding="utf-8")), encoding="utf-8")
    refused(f"^the report of trend-1 changed since it was signed: {path}$")


def put_report(home: Path, **fields: Any) -> None:
    """Install a candidate whose certificate is of a report with these fields."""
    other = report(**fields)
    certificate = install(home, report_sha256=other.sha256)
    door.report_path(certificate).write_text(other.to_json(), encoding="utf-8")


def test_evidence_from_a_synthetic_market_refuses_unless_the_whole_home_is_made_up(home: Path) -> None:
    put_report(home, origin=report().origin.model_copy(update={"synthetic": True}))
    refused("^trend-1 was validated on a synthetic market, which is evidence of nothing$")
    (home / SYNTHETIC).write_text("a demo's", encoding="utf-8")
    assert promote().state is State.PROMOTED


@pytest.mark.parametrize("field", ["candidate", "run", "verdict"])
def test_a_report_about_something_else_refuses_though_it_was_signed(home: Path, field: str) -> None:
    failed = report().verdict.model_copy(update={"value": "FAIL"})
    put_report(home, **{field: failed if field == "verdict" else "other"})
    refused(r"^the report of trend-1 was .*, allowed is trend-1 run-1 PASS$")


def test_a_trial_ledger_without_the_certificate_s_row_or_with_a_broken_chain_refuses(certificate: Certificate) -> None:
    def broken() -> Collection[str]:
        raise LedgerTampered("state/trials.db: row 3 was changed")

    sentence = f"^the trial ledger changed: it has no row {HEAD[:16]}, which was its last when trend-1 was validated$"
    refused(sentence, trial_heads=lambda: {sha("another")})
    refused(r"^state/trials.db: row 3 was changed$", kind=LedgerTampered, trial_heads=broken)


def test_a_registry_that_was_changed_refuses_before_anything_else(certificate: Certificate) -> None:
    with closing(sqlite3.connect(door.registry_path())) as file, file:
        file.execute("DROP TRIGGER noupdate")
        file.execute("UPDATE changes SET who = 'eve' WHERE number = 1")
    door.report_path(certificate).unlink()
    for look in (promote, door.registered, lambda: door.demote("trend-1", "ann", "why", LATER)):
        with pytest.raises(LedgerTampered, match=r"noupdate was changed, added or removed$"):
            look()


def test_checks_come_in_the_order_that_is_promised(certificate: Certificate, home: Path) -> None:
    """Everything is wrong; each repair uncovers the next refusal."""
    key, path = home / "state" / "keys" / "validator.pem", door.report_path(certificate)
    text = path.read_text(encoding="utf-8")
    key.chmod(0o644)
    path.write_text("{}", encoding="utf-8")
    wrong: dict[str, Any] = {
        "now": certificate.expires_ns, "trial_heads": set, "parts_now": lambda _: PARTS | {"data": sha("other")},
    }  # fmt: skip
    repairs: list[tuple[str, Callable[[], object]]] = [
        ("open to others", lambda: key.chmod(0o600)),
        ("expired", lambda: wrong.pop("now")),
        ("the report", lambda: path.write_text(text, encoding="utf-8")),
        ("the trial ledger", lambda: wrong.pop("trial_heads")),
        ("data changed", lambda: wrong.pop("parts_now")),
    ]
    for sentence, repair in repairs:
        refused(sentence, **wrong)
        repair()
    assert promote(**wrong).state is State.PROMOTED


def test_a_demoted_candidate_comes_back_only_with_a_new_certificate(certificate: Certificate, home: Path) -> None:
    promote()
    row = door.demote("trend-1", "bob", "drawdown of 9 %", LATER + 1)
    assert (row.state, row.who, row.why, row.certificate) == (State.DEMOTED, "bob", "drawdown of 9 %", "")
    assert (row.strategy, row.lane) == (change(State.CANDIDATE).strategy, change(State.CANDIDATE).lane)
    with pytest.raises(PolicyRefused, match=r"^trend-1 is demoted and cannot become promoted"):
        promote()
    again = change(State.VALIDATED, certificate=certificate.to_json())
    for _ in range(2):  # after a demotion, and over a promotion
        record_outcome(Registry(door.registry_path()), again)
        assert door.registered()[0].state is State.VALIDATED
        assert promote().state is State.PROMOTED


def test_retiring_is_final_and_what_is_not_promoted_cannot_be_demoted(certificate: Certificate) -> None:
    sentence = r"^trend-1 is validated and cannot become demoted, allowed is candidate or validated or promoted or ret"
    with pytest.raises(PolicyRefused, match=sentence):
        door.demote("trend-1", "ann", "why", LATER)
    assert door.retire("trend-1", "bob", "its market closed", LATER).state is State.RETIRED
    sentence = r"^trend-1 is retired and cannot become .*, allowed is nothing any more$"
    with pytest.raises(PolicyRefused, match=sentence):
        promote()
    with pytest.raises(PolicyRefused, match=sentence):
        door.retire("trend-1", "bob", "again", LATER)
