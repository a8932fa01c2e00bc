# file: tests/core/execution/switches/testkilllatch.py
"""The contract every kill latch keeps, on a disk or in memory."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tradingbot.core.errors import PolicyRefused, RunFailed
from tradingbot.core.execution.switches.history import ChangeKind, RecordedChanges, SwitchChange
from tradingbot.core.execution.switches.killed import Killed, Latched
from tradingbot.core.execution.switches.killlatch import FileKillLatch, KillLatch, MemoryKillLatch
from tradingbot.core.lane import Lane

START, SECOND = 1_764_000_000_000_000_000, 1_000_000_000
FIRST = Killed(Lane.FOREX, START, "ann", "spread 14 pips", "operator")


@pytest.fixture(params=["disk", "memory"])
def either(request: pytest.FixtureRequest, folder: Path, clock: Callable[[], int]) -> KillLatch:
    return FileKillLatch(Lane.FOREX, folder, clock) if request.param == "disk" else MemoryKillLatch(Lane.FOREX, clock)


def test_a_new_latch_is_not_killed_and_has_no_past(either: KillLatch) -> None:
    assert (either.lane, either.read(), either.past()) == (
        Lane.FOREX,
        None,
        RecordedChanges(),
    )


def test_a_kill_says_since_when_by_whom_and_why(either: KillLatch) -> None:
    assert either.kill("ann", "spread 14 pips") == Latched(FIRST, again=False)
    assert either.read() == FIRST


def test_killing_a_killed_lane_keeps_the_first_kill_and_records_the_second(either: KillLatch) -> None:
    either.kill("ann", "spread 14 pips")
    assert either.kill("the lane's own watch", "5 losses in a row", "losses") == Latched(FIRST, again=True)
    assert either.read() == FIRST
    assert either.past().changes == (
        SwitchChange(START, ChangeKind.KILLED, "ann", "spread 14 pips", "operator"),
        SwitchChange(START + SECOND, ChangeKind.KILLED_AGAIN, "the lane's own watch", "5 losses in a row", "losses"),
    )


def test_a_resume_ends_the_kill_and_goes_on_record(either: KillLatch) -> None:
    either.kill("ann", "spread 14 pips")
    assert either.resume("bob", "the bank holiday is over") == FIRST
    assert either.read() is None
    assert either.past().changes[1:] == (
        SwitchChange(START + SECOND, ChangeKind.RESUMED, "bob", "the bank holiday is over"),
    )


def test_a_resumed_lane_can_be_killed_anew(either: KillLatch) -> None:
    either.kill("ann", "spread 14 pips")
    either.resume("bob", "over")
    again = either.kill("ann", "and once more")
    assert (again.again, either.read()) == (False, again.killed)
    assert again.killed.reason == "and once more"


@pytest.mark.parametrize(
    ("operator", "reason", "missing"),
    [
        ("", "over", "an operator's name is needed"),
        (" \t", "over", "an operator's name is needed"),
        ("bob", "", "a reason is needed"),
        ("bob", "\n ", "a reason is needed"),
        ("", "", "an operator's name and a reason are needed"),
    ],
)
def test_a_resume_that_nobody_answers_for_is_refused_and_changes_nothing(
    either: KillLatch, operator: str, reason: str, missing: str
) -> None:
    either.kill("ann", "spread 14 pips")
    before = either.past()
    with pytest.raises(PolicyRefused) as refused:
        either.resume(operator, reason)
    assert str(refused.value) == f"forex stays killed: {missing} to resume it"
    assert (either.read(), either.past()) == (FIRST, before)


def test_a_lane_that_is_not_killed_has_nothing_to_resume(either: KillLatch) -> None:
    with pytest.raises(PolicyRefused, match=r"^forex was not resumed: it is not killed$"):
        either.resume("bob", "over")
    assert either.past() == RecordedChanges()


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_kill_without_a_reason_counts_and_says_that_it_has_none(either: KillLatch, reason: str) -> None:
    either.kill("ann", reason)
    killed = either.read()
    assert killed is not None
    assert killed.reason == "no reason was given"


@pytest.mark.parametrize("reason", ["two\nlines", "quo\"tes' \\", "bytes \udcff", "\x1b[31mred", "é漢", "x" * 100_000])
def test_any_words_survive(either: KillLatch, reason: str) -> None:
    either.kill(reason, reason)
    killed = either.read()
    assert killed is not None
    told = reason.replace("\udcff", r"\udcff")  # no page and no JSON could hold half a pair
    assert (killed.by, killed.reason) == (told, told)
    assert [change.reason for change in either.past().changes] == [told]


def test_a_backtest_leaves_the_installation_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Callable[[], int]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    latch = MemoryKillLatch(Lane.FOREX, clock)
    latch.kill("ann", "why")
    latch.kill("ann", "why")
    latch.resume("bob", "over")
    assert list(tmp_path.rglob("*")) == []


def test_two_runs_share_nothing(clock: Callable[[], int]) -> None:
    MemoryKillLatch(Lane.FOREX, clock).kill("ann", "why")
    assert MemoryKillLatch(Lane.FOREX, clock).read() is None


Fail = Callable[[str, int], None]
GOOD = {"lane": "forex", "ts": 1, "by": "ann", "reason": "why", "cause": "operator"}


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch) -> Fail:
    """Let a function of the operating system fail from now on."""

    def plant(name: str, number: int) -> None:
        def broken(*_args: Any, **_named: Any) -> Any:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, name, broken)

    return plant


def reason(latch: FileKillLatch) -> str:
    killed = latch.read()
    assert killed is not None
    assert killed.cause == "unreadable"
    return killed.reason


def test_another_process_sees_the_kill(latch: FileKillLatch, folder: Path) -> None:
    latch.kill("ann", "spread 14 pips")
    other = FileKillLatch(Lane.FOREX, folder, lambda: 0)
    assert other.read() == latch.read()
    other.resume("bob", "over")
    assert latch.read() is None


def test_each_lane_has_its_own_latch(latch: FileKillLatch, folder: Path) -> None:
    latch.kill("ann", "spread 14 pips")
    assert [lane for lane in Lane if FileKillLatch(lane, folder, lambda: 0).read()] == [Lane.FOREX]


def test_an_absent_latch_costs_one_look_and_a_known_one_no_reading(
    latch: FileKillLatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []

    def watched(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def look(*args: Any, **named: Any) -> Any:
            looks.append(name)
            return real(*args, **named)

        return look

    for name in ("stat", "lstat", "open", "scandir"):
        monkeypatch.setattr(os, name, watched(name, getattr(os, name)))
    assert latch.read() is None
    assert looks == ["lstat"]
    latch.kill("ann", "why")
    latch.read()
    looks.clear()
    assert latch.read() is not None
    assert looks == ["lstat"]


@pytest.mark.parametrize(
    "text",
    [
        b"", b"\0" * 200, b"killed", b"[]", b"null", b"\xff\xfe", b"[" * 200_000, json.dumps(GOOD).encode()[:-9],
        json.dumps(GOOD | {"lane": "options"}).encode(), json.dumps(GOOD | {"ts": "now"}).encode(),
        json.dumps(GOOD | {"ts": True}).encode(), json.dumps(GOOD | {"ts": 10**30}).encode(),
        json.dumps(GOOD | {"by": None}).encode(), json.dumps(GOOD | {"more": 1}).encode(), b"9" * 5_000,
    ],
    ids=lambda text: repr(text[:24]),
)  # fmt: skip
def test_a_latch_that_is_not_ours_counts_as_killed_until_an_operator_resumes(
    latch: FileKillLatch, folder: Path, text: bytes
) -> None:
    folder.mkdir(parents=True)
    latch.path.write_bytes(text)
    assert reason(latch).startswith(f"the latch {latch.path} cannot be read: ")
    assert latch.read() == latch.read()
    assert latch.kill("ann", "to be sure").again
    assert latch.path.read_bytes() == text
    latch.resume("bob", "it was a stray file")
    assert latch.read() is None


def test_a_well_formed_latch_is_read_as_it_stands(latch: FileKillLatch, folder: Path) -> None:
    folder.mkdir(parents=True)
    latch.path.write_text(json.dumps(GOOD), encoding="utf-8")
    assert latch.read() == Killed(Lane.FOREX, 1, "ann", "why", "operator")


def test_a_folder_in_the_place_of_a_latch_counts_as_killed_and_is_not_removed(latch: FileKillLatch) -> None:
    latch.path.mkdir(parents=True)
    assert reason(latch) == f"the latch {latch.path} cannot be read: it is not a plain file"
    assert latch.kill("ann", "why").again
    with pytest.raises(RunFailed, match=f"^forex stays killed: {latch.path} could not be removed: "):
        latch.resume("bob", "over")
    assert latch.read() is not None


@pytest.mark.parametrize("make", [lambda path: path.symlink_to("nowhere"), os.mkfifo], ids=["link", "fifo"])
def test_what_is_no_plain_file_counts_as_killed(
    latch: FileKillLatch, folder: Path, make: Callable[[Path], None]
) -> None:
    folder.mkdir(parents=True)
    make(latch.path)
    assert "it is not a plain file" in reason(latch)


def test_a_latch_that_may_not_be_opened_counts_as_killed(latch: FileKillLatch, folder: Path, fail: Fail) -> None:
    folder.mkdir(parents=True)
    latch.path.write_text("{}", encoding="utf-8")
    fail("open", errno.EACCES)
    assert reason(latch).endswith("cannot be read: Permission denied")


def test_a_folder_that_cannot_be_looked_into_counts_as_killed(latch: FileKillLatch, fail: Fail) -> None:
    fail("lstat", errno.EACCES)
    assert reason(latch) == f"the latch {latch.path} cannot be read: Permission denied"
    assert latch.read() == latch.read()


def test_a_file_in_the_place_of_the_folder_counts_as_killed(latch: FileKillLatch, folder: Path) -> None:
    folder.parent.mkdir()
    folder.write_text("", encoding="utf-8")
    assert reason(latch).endswith("Not a directory")
    with pytest.raises(RunFailed, match=r"^forex is NOT killed: "):
        latch.kill("ann", "why")
    with pytest.raises(RunFailed, match=r"^forex stays killed: "):
        latch.resume("bob", "over")


def test_a_state_on_a_volume_that_is_not_mounted_counts_as_killed(tmp_path: Path) -> None:
    (tmp_path / "state").symlink_to(tmp_path / "volume")
    latch = FileKillLatch(Lane.FOREX, tmp_path / "state" / "switches", lambda: 5)
    assert reason(latch).endswith(f"{tmp_path / 'state'} is a link to nothing")
    (tmp_path / "volume").mkdir()
    assert latch.read() is None


@pytest.mark.parametrize("step", ["write", "fsync", "link"])
def test_a_latch_that_cannot_be_written_is_no_kill_and_leaves_nothing(
    latch: FileKillLatch, folder: Path, fail: Fail, step: str
) -> None:
    folder.mkdir(parents=True)
    fail(step, errno.ENOSPC)
    with pytest.raises(RunFailed) as failed:
        latch.kill("ann", "why")
    why = f"the latch {latch.path} could not be written: No space left on device"
    assert str(failed.value) == f"forex is NOT killed: {why}"
    assert latch.read() is None
    assert list(folder.iterdir()) == []


def test_a_full_disk_does_not_say_of_a_killed_lane_that_it_is_not(latch: FileKillLatch, fail: Fail) -> None:
    first = latch.kill("ann", "why").killed
    fail("write", errno.ENOSPC)
    answer = latch.kill("bob", "again")
    assert (answer.killed, answer.again) == (first, True)
    assert answer.trouble == f"the kill is not in {latch.history.path}: No space left on device"


def test_a_kill_stands_when_only_its_record_fails(latch: FileKillLatch, folder: Path) -> None:
    latch.history.path.mkdir(parents=True)
    answer = latch.kill("ann", "why")
    assert answer.trouble == f"the kill is not in {latch.history.path}: Is a directory"
    assert FileKillLatch(Lane.FOREX, folder, lambda: 0).read() == answer.killed


def test_a_resume_that_cannot_be_recorded_does_not_happen(latch: FileKillLatch, fail: Fail) -> None:
    killed = latch.kill("ann", "why").killed
    fail("write", errno.ENOSPC)
    with pytest.raises(RunFailed) as failed:
        latch.resume("bob", "over")
    assert (
        str(failed.value) == f"forex stays killed: {latch.history.path} could not be written: No space left on device"
    )
    assert latch.read() == killed


def test_a_kill_does_not_wait_for_a_resume_that_hangs_and_a_resume_does_not_pass_it(
    latch: FileKillLatch, folder: Path
) -> None:
    folder.mkdir(parents=True)
    with (folder / "forex.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert latch.kill("ann", "why").trouble == ""
        answer = latch.kill("bob", "again")
        assert answer.trouble.startswith("another process has held the lock ")
        assert answer.trouble.endswith(" for over 0.05 s, and a resume that hangs may undo this kill")
        with pytest.raises(RunFailed, match=r"^forex stays killed: another process has held the lock"):
            latch.resume("cat", "over")
    assert [change.happened for change in latch.past().changes] == [ChangeKind.KILLED, ChangeKind.KILLED_AGAIN]


def test_a_resume_does_not_end_a_kill_it_has_not_seen(latch: FileKillLatch, monkeypatch: pytest.MonkeyPatch) -> None:
    latch.kill("ann", "why")
    looks = iter([latch.read(), Killed(Lane.FOREX, 9, "bob", "a new one", "operator")])
    monkeypatch.setattr(latch, "read", lambda: next(looks))
    with pytest.raises(PolicyRefused, match="it was killed anew while it was being resumed"):
        latch.resume("cat", "over")
    assert latch.path.exists()


def test_a_latch_is_known_again_after_a_crash_between_latch_and_history(latch: FileKillLatch, folder: Path) -> None:
    latch.kill("ann", "why")
    latch.history.path.unlink()
    after = FileKillLatch(Lane.FOREX, folder, lambda: 7)
    assert after.read() is not None
    after.resume("bob", "over")
    assert after.past().changes == (SwitchChange(7, ChangeKind.RESUMED, "bob", "over"),)
