# file: tests/testoperations.py
from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tradingbot import operations
from tradingbot.core.errors import PolicyRefused, RunFailed
from tradingbot.core.lane import Lane
from tradingbot.core.switches.history import Happened
from tradingbot.core.switches.latch import Latch
from tradingbot.operations import LaneStatus

REMOVED = "the last change on record is a kill, yet there is no latch: it was removed by hand, not resumed"
CRASHED = "the latch is there and the last change on record is no kill: a crash came between, or a hand"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    return tmp_path


def forex() -> LaneStatus:
    (found,) = [status for status in operations.status() if status.lane is Lane.FOREX]
    return found


def test_an_installation_without_a_state_folder_has_four_lanes_that_are_not_killed(home: Path) -> None:
    found = operations.status()
    assert [status.lane for status in found] == list(Lane)
    assert {(status.killed, status.since, status.reason, status.changes, status.notes) for status in found} == {
        (False, None, "", (), ())
    }
    assert list(home.iterdir()) == []


def test_a_kill_is_what_a_node_reads_and_what_status_tells(home: Path) -> None:
    before = time.time_ns()
    operations.kill(Lane.FOREX, reason="spread 14 pips", by="ann")
    killed = Latch(Lane.FOREX, home / "state" / "switches", lambda: 0).read()
    assert killed is not None
    assert before <= killed.ts <= time.time_ns()
    status = forex()
    assert (status.killed, status.since, status.by, status.reason, status.cause) == (
        True, killed.ts, "ann", "spread 14 pips", "operator",
    )  # fmt: skip
    assert [status.killed for status in operations.status()].count(True) == 1


def test_a_resume_needs_somebody_to_answer_for_it() -> None:
    operations.kill(Lane.FOREX, reason="why", by="ann")
    with pytest.raises(PolicyRefused):
        operations.resume(Lane.FOREX, operator="", reason="over")
    assert operations.resume(Lane.FOREX, operator="bob", reason="over").by == "ann"
    status = forex()
    assert (status.killed, status.notes) == (False, ())
    assert [change.happened for change in status.changes] == [Happened.KILLED, Happened.RESUMED]


def test_status_keeps_to_the_last_five_changes() -> None:
    for number in range(7):
        operations.kill(Lane.FOREX, reason=f"reason {number}", by="ann")
    assert [change.reason for change in forex().changes] == [f"reason {number}" for number in range(2, 7)]


def test_a_latch_removed_by_hand_is_told() -> None:
    operations.kill(Lane.FOREX, reason="why", by="ann")
    (operations.switches() / "forex.killed").unlink()
    assert (forex().killed, forex().notes) == (False, (REMOVED,))


def test_a_latch_that_the_history_does_not_know_is_told_and_kills() -> None:
    operations.switches().mkdir(parents=True)
    (operations.switches() / "forex.killed").touch()
    status = forex()
    assert (status.killed, status.cause, status.notes) == (True, "unreadable", (CRASHED,))


def test_a_resume_that_a_crash_cut_off_leaves_the_lane_killed_and_is_told() -> None:
    operations.kill(Lane.FOREX, reason="why", by="ann")
    latch = operations.switches() / "forex.killed"
    text = latch.read_bytes()
    operations.resume(Lane.FOREX, operator="bob", reason="over")
    latch.write_bytes(text)
    assert (forex().killed, forex().notes) == (True, (CRASHED,))


def test_a_kill_whose_line_came_after_that_of_a_faster_resume_is_no_contradiction() -> None:
    operations.kill(Lane.FOREX, reason="why", by="ann")
    operations.resume(Lane.FOREX, operator="bob", reason="over")
    history = operations.switches() / "forex.jsonl"
    history.write_bytes(b"\n".join(reversed(history.read_bytes().splitlines())) + b"\n")
    assert (forex().killed, forex().notes) == (False, ())


def test_a_torn_line_is_told() -> None:
    operations.kill(Lane.FOREX, reason="why", by="ann")
    history = operations.switches() / "forex.jsonl"
    history.write_bytes(history.read_bytes() + json.dumps({"ts": 1}).encode()[:-1])
    (note,) = forex().notes
    assert note.startswith(f"line 2 of {history} was cut short, as by a crash")


def test_a_history_that_cannot_be_read_hides_no_kill() -> None:
    operations.kill(Lane.FOREX, reason="why", by="ann")
    history = operations.switches() / "forex.jsonl"
    history.unlink()
    history.mkdir()
    status = forex()
    assert (status.killed, status.reason) == (True, "why")
    assert status.unread == f"the history {history} cannot be read: Is a directory"


def test_a_home_that_is_not_there_takes_no_kill(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADINGBOT_HOME", str(home / "typo"))
    with pytest.raises(RunFailed) as failed:
        operations.kill(Lane.FOREX, reason="why", by="ann")
    assert str(failed.value) == (
        f"forex is NOT killed: the home {home / 'typo'} is not a folder; TRADINGBOT_HOME names it"
    )
    with pytest.raises(RunFailed, match=r"^forex is not resumed: the home "):
        operations.resume(Lane.FOREX, operator="bob", reason="over")
    with pytest.raises(RunFailed, match="is not known: the home "):
        operations.status()
    assert list(home.iterdir()) == []
