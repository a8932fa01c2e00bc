# file: tests/operations/testregistry.py
from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.core.registry.samples import DAY, HEAD, NOW, PARTS, STRATEGY, install
from tradingbot import promote as door
from tradingbot.core.errors import BadInput, LedgerTampered, PolicyRefused
from tradingbot.core.lane import Lane
from tradingbot.core.messages.candidateview import RegistryRow
from tradingbot.core.registry.certificate import Certificate
from tradingbot.core.registry.states import State
from tradingbot.learning import tracking
from tradingbot.operations import registry
from tradingbot.operations.audit import query as audit
from tradingbot.operations.audit.entry import Interface
from tradingbot.operations.audit.log import audit_log
from tradingbot.ui.web import operations

EXPIRES = NOW + 90 * DAY
UNTIL = "its certificate is good until 2026-02-22T16:00:00Z"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation on the day after NOW in which trend-1 is validated, whose parts and trials are as they were."""
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    monkeypatch.delenv("TRADINGBOT_SIGNING_KEY", raising=False)
    monkeypatch.setattr("time.time_ns", lambda: NOW + DAY)
    monkeypatch.setattr(door, "_parts_on_disk", lambda _certificate: PARTS)
    monkeypatch.setattr(door, "_heads_on_disk", lambda: {HEAD})
    install(tmp_path)
    return tmp_path


def commands() -> list[tuple[str, str, str, str, str]]:
    """Return verb, operator, face, outcome and sentence of every command on record."""
    found = []
    for asked in audit.recent_commands(100):
        command, answer = asked.command.command, asked.answer
        assert answer is not None
        assert answer.outcome is not None
        found.append((command.verb, command.operator, command.face.value, answer.outcome.value, answer.sentence))
    return found


def test_each_is_described_in_a_sentence_and_audited_with_the_interface_it_came_through() -> None:
    promoted = registry.promote("trend-1", "ann", "looks sound", Interface.WEB)
    assert registry.describe(promoted) == f"trend-1 is promoted by ann: looks sound; {UNTIL}"
    demoted = registry.demote("trend-1", "bob", "drawdown of 9 %")
    assert registry.describe(demoted) == "trend-1 is demoted by bob: drawdown of 9 %"
    retired = registry.retire("trend-1", "bob", "enough", Interface.WEB)
    assert registry.describe(retired) == "trend-1 is retired by bob: enough"
    assert commands() == [
        ("promote", "ann", "web", "done", "trend-1 is promoted"),
        ("demote", "bob", "cli", "done", "trend-1 is demoted"),
        ("retire", "bob", "web", "done", "trend-1 is retired"),
    ]
    rows = audit_log().rows()
    assert [row.command.reason for row in rows][::2] == ["looks sound", "drawdown of 9 %", "enough"]
    assert {row.command.target for row in rows} == {"trend-1"}
    assert [change.state.value for change in door.history("trend-1")][2:] == ["promoted", "demoted", "retired"]


def test_a_reason_to_promote_may_be_left_out() -> None:
    assert registry.describe(registry.promote("trend-1", "ann", " ")) == f"trend-1 is promoted by ann; {UNTIL}"


def test_what_is_refused_is_refused_and_audited_as_such() -> None:
    with pytest.raises(PolicyRefused, match=r"^trend-1 was not promoted: an operator's name is needed$") as refused:
        registry.promote("trend-1", "", "why", Interface.WEB)
    with pytest.raises(PolicyRefused, match=r"a reason is needed$"):
        registry.demote("trend-1", "ann", "")
    with pytest.raises(PolicyRefused, match=r"known: trend-1$"):
        registry.retire("x", "ann", "why")
    with pytest.raises(PolicyRefused, match=r"^trend-1 was not retired: an operator's name is needed$"):
        registry.retire("trend-1", "", "enough")
    registry.promote("trend-1", "ann", "")
    with pytest.raises(PolicyRefused, match=r"^trend-1 is promoted and cannot become promoted, allowed is valid"):
        registry.promote("trend-1", "ann", "")
    assert commands()[0] == ("promote", "", "web", "refused", str(refused.value))
    assert [command[3] for command in commands()] == [*["refused"] * 4, "done", "refused"]


def test_the_command_is_on_record_while_the_parts_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    def looking(_certificate: Certificate) -> dict[str, str]:
        (row,) = audit_log().rows()
        assert (row.command.verb, row.outcome) == ("promote", None)
        return PARTS

    monkeypatch.setattr(door, "_parts_on_disk", looking)
    assert registry.promote("trend-1", "ann", "").state is State.PROMOTED


@pytest.mark.parametrize("verb", ["promote", "demote", "retire"])
def test_what_cannot_be_audited_is_refused(home: Path, verb: str) -> None:
    if verb == "demote":
        registry.promote("trend-1", "ann", "")
    before = door.history("trend-1")
    for name in ("audit.db", "audit.head"):
        (home / "state" / name).unlink(missing_ok=True)
    (home / "state" / "audit.db").mkdir()
    with pytest.raises(PolicyRefused, match=rf"^trend-1 was not {verb.removesuffix('e')}ed: it could not be audited: "):
        getattr(registry, verb)("trend-1", "ann", "why")
    assert door.history("trend-1") == before


def test_a_model_that_is_not_made_the_champion_is_told_and_stays_promoted(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowned: list[tuple[str, str]] = []

    class Tracked:
        def __init__(self, place: Path) -> None:
            assert place == home

        def crown(self, candidate: str, model: str) -> None:
            crowned.append((candidate, model))
            raise BadInput("no run of it is tracked")

    monkeypatch.setattr(tracking, "Tracker", Tracked)
    (home / "state" / "mlflow.db").touch()
    sentence = operations.promote("trend-1", "ann", "")
    assert sentence == f"trend-1 is promoted by ann; {UNTIL}, but not the champion in MLflow: no run of it is tracked"
    assert crowned == [("trend-1", PARTS["model"])]
    assert door.history("trend-1")[-1].state.value == "promoted"


def test_a_candidate_is_told_with_its_certificate_and_what_may_become_of_it() -> None:
    (row,) = registry.registry()
    assert row == RegistryRow(
        "trend-1", "validated", NOW, "ann", "why", STRATEGY, Lane.FOREX, "run-1", EXPIRES, True, ("promoted", "retired")
    )
    registry.promote("trend-1", "ann", "sound")
    (row,) = registry.registry()
    assert (row.state, row.who, row.why, row.since, row.ways) == (
        "promoted", "ann", "sound", NOW + DAY, ("demoted", "retired"),
    )  # fmt: skip


def test_one_without_a_certificate_has_none_to_tell() -> None:
    registry.promote("trend-1", "ann", "sound")
    door.demote("trend-1", "bob", "losses", NOW + DAY)
    (row,) = registry.registry()
    assert (row.state, row.run, row.certificate_until, row.certificate_good, row.ways) == (
        "demoted", "", None, False, ("retired",),
    )  # fmt: skip
    door.retire("trend-1", "bob", "enough", NOW + DAY)
    assert registry.registry()[0].ways == ()


@pytest.mark.parametrize(("now", "good"), [(NOW - 1, False), (NOW, True), (EXPIRES - 1, True), (EXPIRES, False)])
def test_a_certificate_is_good_for_its_time(monkeypatch: pytest.MonkeyPatch, now: int, good: bool) -> None:
    monkeypatch.setattr("time.time_ns", lambda: now)
    assert registry.registry()[0].certificate_good is good


def test_the_changes_of_a_candidate_come_newest_first() -> None:
    registry.promote("trend-1", "ann", "sound")
    assert [row.state for row in registry.history("trend-1")] == ["promoted", "validated", "candidate"]
    assert [row.certificate_good for row in registry.history("trend-1")] == [True, True, False]
    with pytest.raises(PolicyRefused, match=r"known: trend-1$"):
        registry.history("x")


def test_a_registry_that_was_changed_is_not_told() -> None:
    with closing(sqlite3.connect(door.registry_path())) as file, file:
        file.execute("DROP TRIGGER noupdate")
    for look in (registry.registry, lambda: registry.history("trend-1")):
        with pytest.raises(LedgerTampered):
            look()


def test_a_home_as_it_comes_has_no_candidates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "new").mkdir()
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path / "new"))
    assert registry.registry() == ()
    assert list((tmp_path / "new").iterdir()) == []
