# file: tests/operations/testpromotion.py
from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.registry.samples import DAY, HEAD, NOW, PARTS, install
from tradingbot import promote as door
from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.learning import tracking
from tradingbot.operations import promotion as promoting
from tradingbot.operations.audit import query as audit
from tradingbot.operations.audit.entry import Interface

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


def test_each_answers_in_a_sentence_and_is_audited_with_the_face_it_came_through() -> None:
    assert promoting.promote("trend-1", "ann", "looks sound", Interface.WEB) == (
        f"trend-1 is promoted by ann: looks sound; {UNTIL}"
    )
    assert promoting.demote("trend-1", "bob", "drawdown of 9 %") == "trend-1 is demoted by bob: drawdown of 9 %"
    assert promoting.retire("trend-1", "bob", "enough", Interface.WEB) == "trend-1 is retired by bob: enough"
    assert commands() == [
        ("promote", "ann", "web", "done", "trend-1 is promoted"),
        ("demote", "bob", "cli", "done", "trend-1 is demoted"),
        ("retire", "bob", "web", "done", "trend-1 is retired"),
    ]
    assert [change.state.value for change in door.history("trend-1")][2:] == ["promoted", "demoted", "retired"]


def test_a_reason_to_promote_may_be_left_out() -> None:
    assert promoting.promote("trend-1", "ann", " ") == f"trend-1 is promoted by ann; {UNTIL}"


def test_what_is_refused_is_refused_and_audited_as_such() -> None:
    with pytest.raises(PolicyRefused, match=r"^trend-1 was not promoted: an operator's name is needed$") as refused:
        promoting.promote("trend-1", "", "why", Interface.WEB)
    with pytest.raises(PolicyRefused, match=r"a reason is needed$"):
        promoting.demote("trend-1", "ann", "")
    with pytest.raises(PolicyRefused, match=r"known: trend-1$"):
        promoting.retire("x", "ann", "why")
    assert commands()[0] == ("promote", "", "web", "refused", str(refused.value))
    assert [command[3] for command in commands()] == ["refused"] * 3


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
    assert promoting.promote("trend-1", "ann", "") == (
        f"trend-1 is promoted by ann; {UNTIL}, but not the champion in MLflow: no run of it is tracked"
    )
    assert crowned == [("trend-1", PARTS["model"])]
    assert door.history("trend-1")[-1].state.value == "promoted"
