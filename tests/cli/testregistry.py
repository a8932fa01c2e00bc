# file: tests/cli/testregistry.py
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clirunner import Program, refusal
from tests.core.registry.samples import DAY, HEAD, NOW, PARTS, install, sha
from tradingbot import promote as usecase
from tradingbot.core.errors import PolicyRefused
from tradingbot.core.registry.certificate import Certificate
from tradingbot.operations.audit.entry import Outcome
from tradingbot.operations.audit.log import audit_log


@pytest.fixture(autouse=True)
def the_day_after(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the day after NOW, and parts and trials are as they were."""
    monkeypatch.setattr("time.time_ns", lambda: NOW + DAY)
    monkeypatch.setattr(usecase, "_parts_on_disk", lambda _certificate: PARTS)
    monkeypatch.setattr(usecase, "_heads_on_disk", lambda: {HEAD})


@pytest.fixture
def certificate(home: Path) -> Certificate:
    return install(home)


def test_an_empty_registry_says_where_it_will_be(program: Program, home: Path) -> None:
    path = home / "state" / "registry.db"
    assert program("registry") == f"No candidate was validated yet; the registry will be {path}\n"
    assert json.loads(program("registry", "--json")) == {"candidates": [], "registry": str(path)}
    assert not path.exists()


def test_a_promotion_says_who_when_why_and_until_when(program: Program, certificate: Certificate) -> None:
    assert program("promote", "trend-1", "--operator", "ann", "--reason", "looks sound") == (
        "trend-1 is promoted since 2025-11-25 16:00:00 by ann: looks sound; "
        "its certificate is good until 2026-02-22 16:00:00\n"
    )


def test_a_promotion_without_a_reason_and_a_demotion_are_told_in_one_line(
    program: Program, certificate: Certificate
) -> None:
    said = program("promote", "trend-1", "--operator", "ann")
    assert said.startswith("trend-1 is promoted since 2025-11-25 16:00:00 by ann; its certificate")
    said = program("demote", "trend-1", "--operator", "bob", "--reason", "drawdown of 9 %")
    assert said == "trend-1 is demoted since 2025-11-25 16:00:00 by bob: drawdown of 9 %\n"
    said = program("retire", "trend-1", "--operator", "bob", "--reason", "enough")
    assert said == "trend-1 is retired since 2025-11-25 16:00:00 by bob: enough\n"


def test_every_verb_answers_in_json(program: Program, certificate: Certificate) -> None:
    row = json.loads(program("promote", "trend-1", "--operator", "ann", "--json"))
    assert row == {
        "candidate": "trend-1", "state": "promoted", "since": "2025-11-25T16:00:00Z", "who": "ann", "why": "",
        "strategy": "strategies.trendfollowing:TrendFollowing", "lane": "forex",
        "certificate_until": "2026-02-22T16:00:00Z", "certificate_expired": False,
        "certificate": json.loads(certificate.to_json()),
    }  # fmt: skip
    demoted = json.loads(program("demote", "trend-1", "--operator", "bob", "--reason", "x", "--json"))
    assert (demoted["state"], demoted["certificate"], demoted["certificate_expired"]) == ("demoted", None, None)
    assert (
        json.loads(program("retire", "trend-1", "--operator", "bob", "--reason", "x", "--json"))["state"] == "retired"
    )
    shown = json.loads(program("registry", "--json"))
    assert [row["state"] for row in shown["candidates"]] == ["retired"]
    past = json.loads(program("registry", "--history", "trend-1", "--json"))
    assert [row["state"] for row in past["changes"]] == ["candidate", "validated", "promoted", "demoted", "retired"]


def test_the_table_shows_each_candidate_once_and_its_history_on_demand(
    program: Program, certificate: Certificate, home: Path
) -> None:
    program("promote", "trend-1", "--operator", "ann", "--reason", "[bold]sound[/bold]")
    shown = program("registry")
    assert max(map(len, shown.splitlines()[:-1])) <= 100
    assert [word for word in ("candidate", "certificate until (UTC)", "[bold]sound[/bold]") if word not in shown] == []
    assert (shown.count("trend-1"), shown.count("promoted")) == (1, 1)
    assert shown.endswith(f"The registry is {home / 'state' / 'registry.db'}\n")
    past = program("registry", "--history", "trend-1")
    assert past.count("trend-1") == 3
    assert past.index("validated") < past.index("promoted")


def test_an_expired_certificate_is_shown_as_such(
    program: Program, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time_ns", lambda: certificate.expires_ns)
    assert "expired" in program("registry")
    assert json.loads(program("registry", "--json"))["candidates"][0]["certificate_expired"]


@pytest.mark.parametrize("verb", ["promote", "demote", "retire"])
def test_a_verb_without_an_operator_is_refused_with_exit_code_3(
    program: Program, certificate: Certificate, verb: str
) -> None:
    refused = refusal(program, verb, "trend-1", "--reason", "x")
    assert refused.exit_code == 3
    assert str(refused) == f"trend-1 was not {verb.removesuffix('e')}ed: an operator's name is needed"


@pytest.mark.parametrize("verb", ["demote", "retire"])
def test_a_way_down_needs_a_reason(program: Program, certificate: Certificate, verb: str) -> None:
    assert str(refusal(program, verb, "trend-1", "--operator", "ann")).endswith("d: a reason is needed")


def test_an_unknown_candidate_is_refused(program: Program, certificate: Certificate) -> None:
    for words in (("promote", "x", "--operator", "ann"), ("registry", "--history", "x")):
        refused = refusal(program, *words)
        assert isinstance(refused, PolicyRefused)
        assert str(refused).endswith("known: trend-1")


def test_what_drifted_is_named(program: Program, certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    drifted: dict[str, Any] = PARTS | {"params": sha("other")}
    monkeypatch.setattr(usecase, "_parts_on_disk", lambda _certificate: drifted)
    refused = refusal(program, "promote", "trend-1", "--operator", "ann")
    assert str(refused) == "trend-1 was not promoted: params changed since it was validated on 2025-11-24"


def test_what_an_operator_changes_is_audited(program: Program, certificate: Certificate) -> None:
    program("promote", "trend-1", "--operator", "ann")
    program("demote", "trend-1", "--operator", "ann", "--reason", "losses")
    program("retire", "trend-1", "--operator", "ann", "--reason", "enough")
    rows = audit_log().rows()
    assert [row.command.verb for row in rows if row.outcome is Outcome.DONE] == ["promote", "demote", "retire"]
