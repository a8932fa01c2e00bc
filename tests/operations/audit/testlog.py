# file: tests/operations/audit/testlog.py
"""What goes into the audit log stays there, whoever writes beside, and whenever a process dies."""

from __future__ import annotations

import multiprocessing
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.operations.audit.samples import KILL, PROMOTE, RESUME, SECOND, clock, fill, log_in, told
from tradingbot.core.errors import LedgerTampered, PolicyRefused, RunFailed
from tradingbot.core.storage.hashchain import ChainHead
from tradingbot.core.storage.privatefile import read_hmac_key
from tradingbot.operations.audit.entry import Command, Entry, Interface, Outcome
from tradingbot.operations.audit.log import AuditLog, audit_log


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    return log_in(tmp_path / "state")


@pytest.fixture
def full(log: AuditLog) -> AuditLog:
    fill(log)
    return log


def test_a_log_that_is_not_there_is_empty_and_is_not_made_by_looking(log: AuditLog) -> None:
    assert log.rows() == []
    assert not log.path.parent.exists()


def test_a_command_is_on_the_disk_before_its_answer(log: AuditLog) -> None:
    entry = log.begin(RESUME)
    (row,) = log_in(log.path.parent).rows()
    assert row == entry
    assert (row.number, row.when_ns, row.command, row.answers, row.outcome) == (1, SECOND, RESUME, 0, None)
    answer = log.answered(entry, Outcome.DONE, "forex is resumed")
    assert log_in(log.path.parent).rows() == [entry, answer]
    assert (answer.answers, answer.command, answer.outcome) == (1, RESUME, Outcome.DONE)
    assert answer.sentence == "forex is resumed"


def test_what_was_done_first_is_told_with_the_time_it_began(full: AuditLog) -> None:
    kill, answer = full.rows()[:2]
    assert (kill.when_ns, kill.command, kill.outcome) == (5, KILL, None)
    assert (answer.answers, answer.outcome, answer.sentence) == (1, Outcome.DONE, "forex is killed")


def test_key_and_log_are_made_once_and_the_key_for_its_owner_alone(full: AuditLog) -> None:
    key = full.key.read_bytes()
    full.begin(KILL)
    assert full.key.read_bytes() == key
    assert stat.S_IMODE(full.key.stat().st_mode) == 0o600
    assert stat.S_IMODE(full.key.parent.stat().st_mode) == 0o700
    assert sorted(path.name for path in full.path.parent.iterdir()) == ["audit.db", "audit.head", "keys"]


def test_a_key_that_others_can_read_is_refused(full: AuditLog) -> None:
    full.key.chmod(0o640)
    assert told(full) == f"the audit key {full.key} was open to others (mode 0640), allowed is 0600"
    with pytest.raises(PolicyRefused, match="open to others"):
        full.begin(KILL)


@settings(max_examples=25)
@given(texts=st.lists(st.text(st.characters(), max_size=12), min_size=4, max_size=4), sentence=st.text(max_size=20))
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, texts: list[str], sentence: str) -> None:
    log = log_in(tmp_path_factory.mktemp("audit"))
    command = Command(texts[0], texts[1], texts[2], texts[3], Interface.WEB)
    log.record(command, 1, Outcome.DONE, sentence)
    asked, answer = log.rows()
    assert asked.command == answer.command == command
    assert answer.sentence == sentence.encode("utf-8", "backslashreplace").decode()


@settings(max_examples=15)
@given(st.lists(st.integers(0, 3), max_size=8))
def test_any_course_of_commands_and_answers_is_kept(
    tmp_path_factory: pytest.TempPathFactory, course: list[int]
) -> None:
    """Answers come in any order; each command has one or none."""
    log = log_in(tmp_path_factory.mktemp("audit"))
    waiting: list[Entry] = []
    expected: list[tuple[int, Outcome | None]] = []
    for step in course:
        if step < len(waiting):
            entry = waiting.pop(step)
            expected.append((entry.number, log.answered(entry, Outcome.FAILED, "x").outcome))
        else:
            waiting.append(log.begin(PROMOTE))
            expected.append((0, None))
    assert [(row.answers, row.outcome) for row in log.rows()] == expected


def test_a_command_is_answered_once(full: AuditLog) -> None:
    entry = full.begin(RESUME)
    full.answered(entry, Outcome.DONE, "forex is resumed")
    with pytest.raises(LedgerTampered, match=r"row 8 is not the command that was written, or answered$"):
        full.answered(entry, Outcome.FAILED, "again")
    with pytest.raises(LedgerTampered, match=r"row 8 is not the command that was written"):
        full.answered(replace(entry, hmac="0" * 64), Outcome.DONE, "of another log")
    assert len(full.rows()) == 9


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET operator = 'eve' WHERE number = 2",
        "DELETE FROM entries WHERE number = 7",
        "INSERT OR REPLACE INTO entries SELECT 2, when_ns, operator, verb, target, reason, face, answers, outcome,"
        " sentence, hmac FROM entries WHERE number = 3",
    ],
)
def test_plain_sql_cannot_change_a_row(full: AuditLog, statement: str) -> None:
    with closing(sqlite3.connect(full.path)) as file, pytest.raises(sqlite3.IntegrityError, match="row of the audit"):
        file.execute(statement)
    assert len(full.rows()) == 7


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("DROP TRIGGER noupdate", "noupdate was changed, added or removed"),
        ("CREATE TABLE more (x)", "more was changed, added or removed"),
        ("PRAGMA user_version = 9", "its user_version was 9, allowed is 0"),
    ],
)
def test_a_changed_schema_is_found(full: AuditLog, statement: str, sentence: str) -> None:
    with closing(sqlite3.connect(full.path)) as file:
        file.execute(statement)
    assert told(full).endswith(sentence)
    with pytest.raises(LedgerTampered):
        full.begin(KILL)


def emptied(log: AuditLog) -> None:
    log.path.write_bytes(b"")


def no_database(log: AuditLog) -> None:
    log.path.write_bytes(b"not a database, " * 100)


def both(*steps: Callable[[AuditLog], object]) -> Callable[[AuditLog], None]:
    def do(log: AuditLog) -> None:
        for step in steps:
            step(log)

    return do


def without_file(log: AuditLog) -> None:
    log.path.unlink()


def without_mark(log: AuditLog) -> None:
    log.head.unlink()


def without_key(log: AuditLog) -> None:
    log.key.unlink()


def made_to_look_new(log: AuditLog) -> None:
    log.path.unlink()
    log.head.write_text(ChainHead().text(b"a key of somebody else's"), encoding="utf-8")


LOST: list[tuple[Callable[[AuditLog], object], str]] = [
    (emptied, "audit.db is empty, though audit.head beside it tells of 7 rows"),
    (no_database, "is not the audit log that was written: file is not a database"),
    (without_file, "audit.db is gone, though audit.head beside it tells of 7 rows"),
    (without_mark, "audit.head is gone, though audit.db has 7 rows"),
    (without_key, "audit.key is gone, though audit.db has rows"),
    (made_to_look_new, "audit.head was changed: its seal does not fit what it tells"),
    (both(without_file, without_mark), "audit.db is gone and audit.head is gone, though "),
    (both(emptied, without_mark), "audit.db is empty and audit.head is gone, though "),
    (both(without_file, without_key), "audit.db is gone, though audit.head beside it tells of 7"),
    (lambda log: log.head.write_text("[1]", encoding="utf-8"), "audit.head is not the head of the audit log any more"),
    (lambda log: log.key.write_text("x", encoding="utf-8"), "audit.key is not what was written"),
]


@pytest.mark.parametrize(("do", "sentence"), LOST)
def test_what_was_taken_away_is_told_and_nothing_is_made_in_its_place(
    full: AuditLog, do: Callable[[AuditLog], object], sentence: str
) -> None:
    do(full)
    left = sorted(full.path.parent.rglob("*"))
    assert sentence in told(full)
    with pytest.raises(LedgerTampered):
        full.begin(KILL)
    assert sorted(full.path.parent.rglob("*")) == left


@pytest.mark.parametrize("rows", [1, 2])
def test_a_crash_before_the_mark_was_written_is_no_tampering_and_the_mark_catches_up(full: AuditLog, rows: int) -> None:
    before = full.head.read_bytes()
    if rows == 1:
        full.begin(KILL)
    else:
        full.record(KILL, 1, Outcome.DONE, "x")
    full.head.write_bytes(before)
    assert len(full.rows()) == 7 + rows
    full.begin(KILL)
    assert len(full.rows()) == 8 + rows


def test_a_mark_that_is_older_than_a_crash_can_leave_it_is_found(full: AuditLog) -> None:
    before = full.head.read_bytes()
    for _ in range(3):
        full.begin(KILL)
    full.head.write_bytes(before)
    assert told(full) == (
        f"{full.head} is an older one: it tells of row 7 and audit.db ends with 10, a crash leaves it at most 2 behind"
    )


def test_crashes_in_a_row_do_not_let_the_mark_fall_behind(full: AuditLog) -> None:
    for _ in range(5):
        # Another died while it added, too: it had let the mark catch up.
        with pytest.raises(ZeroDivisionError), full._chain.appending():
            raise ZeroDivisionError
        before = full.head.read_bytes()
        full.record(KILL, 1, Outcome.DONE, "x")
        full.head.write_bytes(before)
    assert len(full.rows()) == 17


@pytest.mark.parametrize("file", [None, b""])
@pytest.mark.parametrize("kept", [(), ("audit.head",), ("audit.head", "keys/audit.key")])
def test_a_crash_while_the_log_was_made_is_no_tampering(
    tmp_path: Path, file: bytes | None, kept: tuple[str, ...]
) -> None:
    other = log_in(tmp_path / "other")
    other.begin(KILL)
    other.head.write_text(ChainHead().text(read_hmac_key(other.key, "the key")), encoding="utf-8")
    log = log_in(tmp_path / "state")
    log.key.parent.mkdir(parents=True)
    for name in kept:
        shutil.copy2(other.path.parent / name, log.path.parent / name)
    if file is not None:
        log.path.write_bytes(file)
    assert log.rows() == []
    assert log.begin(KILL).number == 1
    assert len(log.rows()) == 1


def test_a_log_that_is_locked_is_waited_for_and_then_told(full: AuditLog) -> None:
    hurried = log_in(full.path.parent, patience=0.01)
    with closing(sqlite3.connect(full.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        for look in (hurried.rows, lambda: hurried.begin(KILL)):
            with pytest.raises(RunFailed) as failed:
                look()
            assert str(failed.value) == f"the audit log {full.path} could not be used: database is locked"
        other.execute("ROLLBACK")
    assert len(hurried.rows()) == 7


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("", encoding="utf-8")
    with pytest.raises(RunFailed, match=r"audit.* (could not be|is not a)"):
        log_in(tmp_path / "state").begin(KILL)


def test_a_home_that_is_not_there_has_no_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path / "typo"))
    with pytest.raises(RunFailed, match=r"typo is not a folder; TRADINGBOT_HOME names it$"):
        audit_log()
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    assert audit_log().path == tmp_path / "state" / "audit.db"
    assert audit_log().key == tmp_path / "state" / "keys" / "audit.key"


def _write(state: Path, name: str) -> None:
    log = AuditLog(state / "audit.db", state / "keys" / "audit.key", clock(), 60.0)
    for number in range(10):
        entry = log.begin(Command(name, "kill", "forex", str(number)))
        log.answered(entry, Outcome.DONE, "forex is killed")


def test_processes_write_one_chain_that_is_whole_at_every_look(tmp_path: Path) -> None:
    state = tmp_path / "state"
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_write, args=(state, name)) for name in ("ann", "bob", "eve")]
    for process in writers:
        process.start()
    while any(process.is_alive() for process in writers):
        log_in(state).rows()
    for process in writers:
        process.join(60)
    assert [process.exitcode for process in writers] == [0, 0, 0]
    rows = log_in(state).rows()
    assert [row.number for row in rows] == list(range(1, 61))
    for name in ("ann", "bob", "eve"):
        mine = [row for row in rows if row.command.operator == name]
        assert [row.command.reason for row in mine if row.outcome is None] == [str(number) for number in range(10)]
        assert {row.answers for row in mine if row.outcome} == {row.number for row in mine if row.outcome is None}


_ENDLESS = """
import sys
from pathlib import Path
from tests.operations.audit.samples import KILL, log_in
from tradingbot.operations.audit.entry import Outcome
log = log_in(Path(sys.argv[1]))
while True:
    entry = log.begin(KILL)
    print(entry.number, flush=True)
    log.answered(entry, Outcome.DONE, "forex is killed")
    log.record(KILL, 1, Outcome.DONE, "forex is killed")
"""


def test_kill_9_at_any_moment_leaves_a_sound_log_with_everything_that_was_said(tmp_path: Path) -> None:
    state, root = tmp_path / "state", Path(__file__).resolve().parents[3]
    for round_ in range(6):
        with subprocess.Popen(
            [sys.executable, "-c", _ENDLESS, str(state)], stdout=subprocess.PIPE, text=True, cwd=root,
        ) as writer:  # fmt: skip
            assert writer.stdout is not None
            said = [int(writer.stdout.readline()) for _ in range(1 + round_)]
            writer.send_signal(signal.SIGKILL)
        rows = log_in(state).rows()
        assert [rows[number - 1].outcome for number in said] == [None] * len(said)
    unanswered = {row.number for row in rows if row.outcome is None} - {row.answers for row in rows}
    assert len(unanswered) <= 6


_CUT_OFF = """
import os, signal, sys
from pathlib import Path
from tests.operations.audit.samples import RESUME, log_in
log_in(Path(sys.argv[1])).begin(RESUME)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_crash_between_command_and_answer_leaves_a_command_without_one(log: AuditLog) -> None:
    words = [sys.executable, "-c", _CUT_OFF, str(log.path.parent)]
    done = subprocess.run(words, check=False, cwd=Path(__file__).resolve().parents[3])
    assert done.returncode == -signal.SIGKILL
    (row,) = log.rows()
    assert (row.command, row.outcome) == (RESUME, None)
    log.record(KILL, 1, Outcome.DONE, "forex is killed")
    assert {row.answers for row in log.rows()} == {0, 2}
