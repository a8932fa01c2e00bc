# file: tests/operations/audit/testaudited.py
"""A command is on record before it acts, and what came of it after; without a record nothing is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.operations.audit.samples import RESUME, log_in
from tradingbot.core.errors import BadInput, LedgerTampered, PolicyRefused, RunFailed
from tradingbot.operations.audit.audited import audit_before
from tradingbot.operations.audit.entry import Outcome
from tradingbot.operations.audit.log import AuditLog

DONE, UNDONE = "forex is resumed", "forex was not resumed"


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    return log_in(tmp_path / "state")


def test_the_command_is_on_the_disk_when_it_acts_and_its_answer_after(log: AuditLog) -> None:
    seen = audit_before(log, RESUME, lambda: log_in(log.path.parent).rows(), DONE, UNDONE)
    assert [(row.command, row.outcome) for row in seen] == [(RESUME, None)]
    asked, answer = log.rows()
    assert (answer.answers, answer.outcome, answer.sentence) == (asked.number, Outcome.DONE, DONE)


@pytest.mark.parametrize(
    ("error", "outcome", "sentence"),
    [
        (PolicyRefused("it is not killed"), Outcome.REFUSED, "it is not killed"),
        (LedgerTampered("row 3 was changed"), Outcome.REFUSED, "row 3 was changed"),
        (BadInput("who was 3"), Outcome.REFUSED, "who was 3"),
        (RunFailed("the disk is full"), Outcome.FAILED, "the disk is full"),
        (KeyError("x"), Outcome.FAILED, "KeyError: 'x'"),
    ],
)
def test_what_stopped_it_is_its_answer_and_goes_on_to_the_operator(
    log: AuditLog, error: Exception, outcome: Outcome, sentence: str
) -> None:
    def act() -> None:
        raise error

    with pytest.raises(type(error)) as raised:
        audit_before(log, RESUME, act, DONE, UNDONE)
    assert raised.value is error
    assert (log.rows()[1].outcome, log.rows()[1].sentence) == (outcome, sentence)


def test_an_interrupted_command_has_no_answer(log: AuditLog) -> None:
    def act() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        audit_before(log, RESUME, act, DONE, UNDONE)
    assert [row.outcome for row in log.rows()] == [None]


def test_what_cannot_be_written_down_is_not_done(log: AuditLog) -> None:
    acted: list[int] = []
    log.path.mkdir(parents=True)
    with pytest.raises(PolicyRefused) as refused:
        audit_before(log, RESUME, lambda: acted.append(1), DONE, UNDONE)
    why = f"the audit log {log.path} could not be used: unable to open database file"
    assert str(refused.value) == f"forex was not resumed: it could not be audited: {why}"
    assert acted == []


def test_what_was_done_and_has_no_answer_is_told(log: AuditLog) -> None:
    with pytest.raises(RunFailed, match=r"^forex is resumed, but row 1 of the audit log has no answer: .*key is gone"):
        audit_before(log, RESUME, log.key.unlink, DONE, UNDONE)


def test_what_was_refused_and_has_no_answer_keeps_its_sentence(log: AuditLog) -> None:
    def act() -> None:
        log.key.unlink()
        raise PolicyRefused("it is not killed")

    with pytest.raises(PolicyRefused) as refused:
        audit_before(log, RESUME, act, DONE, UNDONE)
    assert str(refused.value) == "it is not killed"
    (note,) = refused.value.__notes__
    assert note.startswith("row 1 of the audit log has no answer: ")
