# file: tests/operations/testpromotion.py
from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.registry.samples import DAY, HEAD, NOW, PARTS, install
from tradingbot import promote as door
from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.registry.certificate import Certificate
from tradingbot.core.registry.states import State
from tradingbot.learning import tracking
from tradingbot.operations import promotion
from tradingbot.operations.audit import query as audit
from tradingbot.operations.audit.entry import Interface
from tradingbot.operations.audit.log import audit_log

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
    promoted = promotion.promote("trend-1", "ann", "looks sound", Interface.WEB)
    assert promotion.describe(promoted) == f"trend-1 is promoted by ann: looks sound; {UNTIL}"
    demoted = promotion.demote("trend-1", "bob", "drawdown of 9 %")
    assert promotion.describe(demoted) == "trend-1 is demoted by bob: drawdown of 9 %"
    retired = promotion.retire("trend-1", "bob", "enough", Interface.WEB)
    assert promotion.describe(retired) == "trend-1 is retired by bob: enough"
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
    assert promotion.describe(promotion.promote("trend-1", "ann", " ")) == f"trend-1 is promoted by ann; {UNTIL}"


def test_what_is_refused_is_refused_and_audited_as_such() -> None:
    with pytest.raises(PolicyRefused, match=r"^trend-1 was not promoted: an operator's name is needed$") as refused:
        promotion.promote("trend-1", "", "why", Interface.WEB)
    with pytest.raises(PolicyRefused, match=r"a reason is needed$"):
        promotion.demote("trend-1", "ann", "")
    with pytest.raises(PolicyRefused, match=r"known: trend-1$"):
        promotion.retire("x", "ann", "why")
    with pytest.raises(PolicyRefused, match=r"^trend-1 was not retired: an operator's name is needed$"):
        promotion.retire("trend-1", "", "enough")
    promotion.promote("trend-1", "ann", "")
    with pytest.raises(PolicyRefused, match=r"^trend-1 is promoted and cannot become promoted, allowed is valid"):
        promotion.promote("trend-1", "ann", "")
    assert commands()[0] == ("promote", "", "web", "refused", str(refused.value))
    assert [command[3] for command in commands()] == [*["refused"] * 4, "done", "refused"]


def test_the_command_is_on_record_while_the_parts_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    def looking(_certificate: Certificate) -> dict[str, str]:
        (row,) = audit_log().rows()
        assert (row.command.verb, row.outcome) == ("promote", None)
        return PARTS

    monkeypatch.setattr(door, "_parts_on_disk", looking)
    assert promotion.promote("trend-1", "ann", "").state is State.PROMOTED


@pytest.mark.parametrize("verb", ["promote", "demote", "retire"])
def test_what_cannot_be_audited_is_refused(home: Path, verb: str) -> None:
    if verb == "demote":
        promotion.promote("trend-1", "ann", "")
    before = door.history("trend-1")
    for name in ("audit.db", "audit.head"):
        (home / "state" / name).unlink(missing_ok=True)
    (home / "state" / "audit.db").mkdir()
    with pytest.raises(PolicyRefused, match=rf"^trend-1 was not {verb.removesuffix('e')}ed: it could not be audited: "):
        getattr(promotion, verb)("trend-1", "ann", "why")
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
    assert promotion.describe(promotion.promote("trend-1", "ann", "")) == (
        f"trend-1 is promoted by ann; {UNTIL}, but not the champion in MLflow: no run of it is tracked"
    )
    assert crowned == [("trend-1", PARTS["model"])]
    assert door.history("trend-1")[-1].state.value == "promoted"
