# file: tests/operations/testkillswitch.py
from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tradingbot.core.errors import PolicyRefused, RunFailed
from tradingbot.core.execution.switches.history import ChangeKind
from tradingbot.core.execution.switches.killlatch import FileKillLatch
from tradingbot.core.lane import Lane
from tradingbot.operations import killswitch as switching
from tradingbot.operations.audit import query as audit
from tradingbot.operations.audit.entry import Interface
from tradingbot.operations.killswitch import LaneStatus

REMOVED = "the last change on record is a kill, yet there is no latch: it was removed by hand, not resumed"
CRASHED = "the latch is there and the last change on record is no kill: a crash came between, or a hand"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    return tmp_path


def forex() -> LaneStatus:
    (found,) = [status for status in switching.status() if status.lane is Lane.FOREX]
    return found


def test_an_installation_without_a_state_folder_has_four_lanes_that_are_not_killed(home: Path) -> None:
    found = switching.status()
    assert [status.lane for status in found] == list(Lane)
    assert {(status.killed, status.since, status.reason, status.changes, status.notes) for status in found} == {
        (False, None, "", (), ())
    }
    assert list(home.iterdir()) == []


def test_a_kill_is_what_a_node_reads_and_what_status_tells(home: Path) -> None:
    before = time.time_ns()
    switching.kill(Lane.FOREX, reason="spread 14 pips", by="ann")
    killed = FileKillLatch(Lane.FOREX, home / "state" / "switches", lambda: 0).read()
    assert killed is not None
    assert before <= killed.ts <= time.time_ns()
    status = forex()
    assert (status.killed, status.since, status.by, status.reason, status.cause) == (
        True, killed.ts, "ann", "spread 14 pips", "operator",
    )  # fmt: skip
    assert [status.killed for status in switching.status()].count(True) == 1


def test_a_resume_needs_somebody_to_answer_for_it() -> None:
    switching.kill(Lane.FOREX, reason="why", by="ann")
    with pytest.raises(PolicyRefused):
        switching.resume(Lane.FOREX, operator="", reason="over")
    assert switching.resume(Lane.FOREX, operator="bob", reason="over").by == "ann"
    status = forex()
    assert (status.killed, status.notes) == (False, ())
    assert [change.happened for change in status.changes] == [ChangeKind.KILLED, ChangeKind.RESUMED]


def test_status_keeps_to_the_last_five_changes() -> None:
    for number in range(7):
        switching.kill(Lane.FOREX, reason=f"reason {number}", by="ann")
    assert [change.reason for change in forex().changes] == [f"reason {number}" for number in range(2, 7)]


def test_a_latch_removed_by_hand_is_told() -> None:
    switching.kill(Lane.FOREX, reason="why", by="ann")
    (switching.switches() / "forex.killed").unlink()
    assert (forex().killed, forex().notes) == (False, (REMOVED,))


def test_a_latch_that_the_history_does_not_know_is_told_and_kills() -> None:
    switching.switches().mkdir(parents=True)
    (switching.switches() / "forex.killed").touch()
    status = forex()
    assert (status.killed, status.cause, status.notes) == (True, "unreadable", (CRASHED,))


def test_a_resume_that_a_crash_cut_off_leaves_the_lane_killed_and_is_told() -> None:
    switching.kill(Lane.FOREX, reason="why", by="ann")
    latch = switching.switches() / "forex.killed"
    text = latch.read_bytes()
    switching.resume(Lane.FOREX, operator="bob", reason="over")
    latch.write_bytes(text)
    assert (forex().killed, forex().notes) == (True, (CRASHED,))


def test_a_kill_whose_line_came_after_that_of_a_faster_resume_is_no_contradiction() -> None:
    switching.kill(Lane.FOREX, reason="why", by="ann")
    switching.resume(Lane.FOREX, operator="bob", reason="over")
    history = switching.switches() / "forex.jsonl"
    history.write_bytes(b"\n".join(reversed(history.read_bytes().splitlines())) + b"\n")
    assert (forex().killed, forex().notes) == (False, ())


def test_a_torn_line_is_told() -> None:
    switching.kill(Lane.FOREX, reason="why", by="ann")
    history = switching.switches() / "forex.jsonl"
    history.write_bytes(history.read_bytes() + json.dumps({"ts": 1}).encode()[:-1])
    (note,) = forex().notes
    assert note.startswith(f"line 2 of {history} was cut short, as by a crash")


def test_a_history_that_cannot_be_read_hides_no_kill() -> None:
    switching.kill(Lane.FOREX, reason="why", by="ann")
    history = switching.switches() / "forex.jsonl"
    history.unlink()
    history.mkdir()
    status = forex()
    assert (status.killed, status.reason) == (True, "why")
    assert status.unread == f"the history {history} cannot be read: Is a directory"


def test_a_home_that_is_not_there_takes_no_kill(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADINGBOT_HOME", str(home / "typo"))
    with pytest.raises(RunFailed) as failed:
        switching.kill(Lane.FOREX, reason="why", by="ann")
    assert str(failed.value) == (
        f"forex is NOT killed: the home {home / 'typo'} is not a folder; TRADINGBOT_HOME names it"
    )
    with pytest.raises(RunFailed, match=r"^forex is not resumed: the home "):
        switching.resume(Lane.FOREX, operator="bob", reason="over")
    with pytest.raises(RunFailed, match="is not known: the home "):
        switching.status()
    assert list(home.iterdir()) == []


def commands() -> list[tuple[str, str, str, str, str]]:
    """Return verb, operator, reason, outcome and sentence of every command; the outcome is blank without an answer."""
    return [
        (
            asked.command.command.verb,
            asked.command.command.operator,
            asked.command.command.reason,
            "" if asked.answer is None or asked.answer.outcome is None else asked.answer.outcome.value,
            "" if asked.answer is None else asked.answer.sentence,
        )
        for asked in audit.recent_commands(100)
    ]


def test_every_kill_and_resume_is_audited_with_what_came_of_it() -> None:
    switching.kill(Lane.FOREX, reason="spread 14 pips", by="ann")
    switching.kill(Lane.FOREX, reason="again", by="bob", face=Interface.WEB)
    with pytest.raises(PolicyRefused):
        switching.resume(Lane.FOREX, operator="", reason="over")
    switching.resume(Lane.FOREX, operator="bob", reason="over", face=Interface.WEB)
    assert commands() == [
        ("kill", "ann", "spread 14 pips", "done", "forex is killed"),
        ("kill", "bob", "again", "done", "forex was killed before and stays killed"),
        ("resume", "", "over", "refused", "forex stays killed: an operator's name is needed to resume it"),
        ("resume", "bob", "over", "done", "forex is resumed"),
    ]
    assert [asked.command.command.face.value for asked in audit.recent_commands(100)] == ["cli", "web", "cli", "web"]


def test_a_kill_that_failed_is_audited_as_such(home: Path) -> None:
    switching.switches().parent.mkdir()
    switching.switches().write_text("", encoding="utf-8")
    with pytest.raises(RunFailed, match=r"^forex is NOT killed: ") as failed:
        switching.kill(Lane.FOREX, reason="why", by="ann")
    assert commands() == [("kill", "ann", "why", "failed", str(failed.value))]


def test_a_kill_whose_history_failed_is_audited_with_its_trouble() -> None:
    (switching.switches() / "forex.jsonl").mkdir(parents=True)
    trouble = switching.kill(Lane.FOREX, reason="why", by="ann").trouble
    assert commands() == [("kill", "ann", "why", "done", f"forex is killed, but {trouble}")]


def locked(home: Path) -> Callable[[], None]:
    other = sqlite3.connect(home / "state" / "audit.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    return other.close


def replaced_by_a_folder(home: Path) -> Callable[[], None]:
    path = home / "state" / "audit.db"
    path.rename(path.with_suffix(".bak"))
    path.mkdir()
    return lambda: None


def damaged(home: Path) -> Callable[[], None]:
    (home / "state" / "audit.db").write_bytes(b"not a database, " * 100)
    return lambda: None


def without_key(home: Path) -> Callable[[], None]:
    (home / "state" / "keys" / "audit.key").unlink()
    return lambda: None


def open_key(home: Path) -> Callable[[], None]:
    (home / "state" / "keys" / "audit.key").chmod(0o644)
    return lambda: None


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (locked, r"could not be used: database is locked$"),
        (replaced_by_a_folder, r"could not be used: unable to open database file$"),
        (damaged, r"file is not a database$"),
        (without_key, r"is gone, though audit.db has rows$"),
        (open_key, r"was open to others \(mode 0644\), allowed is 0600$"),
    ],
)
def test_no_state_of_the_audit_stops_a_kill_and_each_stops_a_resume(
    home: Path, monkeypatch: pytest.MonkeyPatch, harm: Callable[[Path], Callable[[], None]], why: str
) -> None:
    monkeypatch.setattr(switching, "_KILL_PATIENCE_S", 0.01)
    monkeypatch.setattr(switching, "_RESUME_PATIENCE_S", 0.01)
    switching.kill(Lane.OPTIONS, reason="to make the log", by="ann")
    mend = harm(home)
    answer = switching.kill(Lane.FOREX, reason="why", by="ann")
    assert re.search(f"^it was not audited: .*{why}", answer.trouble)
    assert forex().killed
    with pytest.raises(PolicyRefused, match=rf"^forex was not resumed: it could not be audited: .*{why}"):
        switching.resume(Lane.FOREX, operator="bob", reason="over")
    assert forex().killed
    assert [change.happened for change in forex().changes] == [ChangeKind.KILLED]
    mend()


_NOBODY = """
import os, sys
from tradingbot.operations import killswitch as switching
from tradingbot.operations.audit.log import audit_log
from tradingbot.core.lane import Lane
import tradingbot.operations.audit.audited
audit_log().rows()  # imports what somebody else may not
os.setuid(65534)
print(switching.kill(Lane.FOREX, reason="why", by="ann").trouble)
try:
    switching.resume(Lane.FOREX, operator="bob", reason="over")
except Exception as error:
    print(error)
"""


def test_an_audit_log_that_can_only_be_read_stops_no_kill() -> None:
    """Nobody may write into the switches and nothing else; to the superuser every file is open."""
    if os.geteuid() != 0:
        pytest.skip("only the superuser can become somebody else")
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRADINGBOT_HOME", place)
        switching.kill(Lane.OPTIONS, reason="to make the log", by="ann")
        Path(place).chmod(0o755)
        switching.switches().chmod(0o777)
        (switching.switches().parent / "keys").chmod(0o711)
        os.chown(switching.switches().parent / "keys" / "audit.key", 65534, 65534)
        done = subprocess.run(
            [sys.executable, "-c", _NOBODY], check=False, capture_output=True, text=True,
            cwd=Path(__file__).resolve().parents[2],
        )  # fmt: skip
        assert done.stderr == ""
        kill, resume = done.stdout.splitlines()
        log = Path(place) / "state" / "audit.db"
        assert (
            kill == f"it was not audited: the audit log {log} could not be used: attempt to write a readonly database"
        )
        assert resume == f"forex was not resumed: it could not be audited: {kill.removeprefix('it was not audited: ')}"
        assert forex().killed


def test_the_audit_is_opened_when_the_latch_stands(home: Path) -> None:
    """The whole wait for a locked log comes after the latch: whoever reads it sees the kill before the answer."""
    switching.kill(Lane.OPTIONS, reason="to make the log", by="ann")
    end = locked(home)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(switching.kill, Lane.FOREX, "why", "ann")
        while not forex().killed:
            assert not answer.done()
        end()
        assert answer.result().killed.reason == "why"
