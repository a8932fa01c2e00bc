# file: tests/core/switches/testlatch.py
"""What only the latch on a disk can suffer. What it shares with the one in memory is in testkilllatch."""

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
from tradingbot.core.lane import Lane
from tradingbot.core.switches.history import Change, Happened
from tradingbot.core.switches.killed import Killed
from tradingbot.core.switches.latch import Latch

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


def reason(latch: Latch) -> str:
    killed = latch.read()
    assert killed is not None
    assert killed.cause == "unreadable"
    return killed.reason


def test_another_process_sees_the_kill(latch: Latch, folder: Path) -> None:
    latch.kill("ann", "spread 14 pips")
    other = Latch(Lane.FOREX, folder, lambda: 0)
    assert other.read() == latch.read()
    other.resume("bob", "over")
    assert latch.read() is None


def test_each_lane_has_its_own_latch(latch: Latch, folder: Path) -> None:
    latch.kill("ann", "spread 14 pips")
    assert [lane for lane in Lane if Latch(lane, folder, lambda: 0).read()] == [Lane.FOREX]


def test_an_absent_latch_costs_one_look_and_a_known_one_no_reading(
    latch: Latch, monkeypatch: pytest.MonkeyPatch
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
    latch: Latch, folder: Path, text: bytes
) -> None:
    folder.mkdir(parents=True)
    latch.path.write_bytes(text)
    assert reason(latch).startswith(f"the latch {latch.path} cannot be read: ")
    assert latch.read() == latch.read()
    assert latch.kill("ann", "to be sure").again
    assert latch.path.read_bytes() == text
    latch.resume("bob", "it was a stray file")
    assert latch.read() is None


def test_a_well_formed_latch_is_read_as_it_stands(latch: Latch, folder: Path) -> None:
    folder.mkdir(parents=True)
    latch.path.write_text(json.dumps(GOOD), encoding="utf-8")
    assert latch.read() == Killed(Lane.FOREX, 1, "ann", "why", "operator")


def test_a_folder_in_the_place_of_a_latch_counts_as_killed_and_is_not_removed(latch: Latch) -> None:
    latch.path.mkdir(parents=True)
    assert reason(latch) == f"the latch {latch.path} cannot be read: it is not a plain file"
    assert latch.kill("ann", "why").again
    with pytest.raises(RunFailed, match=f"^forex stays killed: {latch.path} could not be removed: "):
        latch.resume("bob", "over")
    assert latch.read() is not None


@pytest.mark.parametrize("make", [lambda path: path.symlink_to("nowhere"), os.mkfifo], ids=["link", "fifo"])
def test_what_is_no_plain_file_counts_as_killed(latch: Latch, folder: Path, make: Callable[[Path], None]) -> None:
    folder.mkdir(parents=True)
    make(latch.path)
    assert "it is not a plain file" in reason(latch)


def test_a_latch_that_may_not_be_opened_counts_as_killed(latch: Latch, folder: Path, fail: Fail) -> None:
    folder.mkdir(parents=True)
    latch.path.write_text("{}", encoding="utf-8")
    fail("open", errno.EACCES)
    assert reason(latch).endswith("cannot be read: Permission denied")


def test_a_folder_that_cannot_be_looked_into_counts_as_killed(latch: Latch, fail: Fail) -> None:
    fail("lstat", errno.EACCES)
    assert reason(latch) == f"the latch {latch.path} cannot be read: Permission denied"
    assert latch.read() == latch.read()


def test_a_file_in_the_place_of_the_folder_counts_as_killed(latch: Latch, folder: Path) -> None:
    folder.parent.mkdir()
    folder.write_text("", encoding="utf-8")
    assert reason(latch).endswith("Not a directory")
    with pytest.raises(RunFailed, match=r"^forex is NOT killed: "):
        latch.kill("ann", "why")
    with pytest.raises(RunFailed, match=r"^forex stays killed: "):
        latch.resume("bob", "over")


def test_a_state_on_a_volume_that_is_not_mounted_counts_as_killed(tmp_path: Path) -> None:
    (tmp_path / "state").symlink_to(tmp_path / "volume")
    latch = Latch(Lane.FOREX, tmp_path / "state" / "switches", lambda: 5)
    assert reason(latch).endswith(f"{tmp_path / 'state'} is a link to nothing")
    (tmp_path / "volume").mkdir()
    assert latch.read() is None


@pytest.mark.parametrize("step", ["write", "fsync", "link"])
def test_a_latch_that_cannot_be_written_is_no_kill_and_leaves_nothing(
    latch: Latch, folder: Path, fail: Fail, step: str
) -> None:
    folder.mkdir(parents=True)
    fail(step, errno.ENOSPC)
    with pytest.raises(RunFailed) as failed:
        latch.kill("ann", "why")
    why = f"the latch {latch.path} could not be written: No space left on device"
    assert str(failed.value) == f"forex is NOT killed: {why}"
    assert latch.read() is None
    assert list(folder.iterdir()) == []


def test_a_full_disk_does_not_say_of_a_killed_lane_that_it_is_not(latch: Latch, fail: Fail) -> None:
    first = latch.kill("ann", "why").killed
    fail("write", errno.ENOSPC)
    answer = latch.kill("bob", "again")
    assert (answer.killed, answer.again) == (first, True)
    assert answer.trouble == f"the kill is not in {latch.history.path}: No space left on device"


def test_a_kill_stands_when_only_its_record_fails(latch: Latch, folder: Path) -> None:
    latch.history.path.mkdir(parents=True)
    answer = latch.kill("ann", "why")
    assert answer.trouble == f"the kill is not in {latch.history.path}: Is a directory"
    assert Latch(Lane.FOREX, folder, lambda: 0).read() == answer.killed


def test_a_resume_that_cannot_be_recorded_does_not_happen(latch: Latch, fail: Fail) -> None:
    killed = latch.kill("ann", "why").killed
    fail("write", errno.ENOSPC)
    with pytest.raises(RunFailed) as failed:
        latch.resume("bob", "over")
    assert (
        str(failed.value) == f"forex stays killed: {latch.history.path} could not be written: No space left on device"
    )
    assert latch.read() == killed


def test_a_kill_does_not_wait_for_a_resume_that_hangs_and_a_resume_does_not_pass_it(latch: Latch, folder: Path) -> None:
    folder.mkdir(parents=True)
    with (folder / "forex.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert latch.kill("ann", "why").trouble == ""
        answer = latch.kill("bob", "again")
        assert answer.trouble.startswith("another process has held the lock ")
        assert answer.trouble.endswith(" for over 0.05 s, and a resume that hangs may undo this kill")
        with pytest.raises(RunFailed, match=r"^forex stays killed: another process has held the lock"):
            latch.resume("cat", "over")
    assert [change.happened for change in latch.past().changes] == [Happened.KILLED, Happened.KILLED_AGAIN]


def test_a_resume_does_not_end_a_kill_it_has_not_seen(latch: Latch, monkeypatch: pytest.MonkeyPatch) -> None:
    latch.kill("ann", "why")
    looks = iter([latch.read(), Killed(Lane.FOREX, 9, "bob", "a new one", "operator")])
    monkeypatch.setattr(latch, "read", lambda: next(looks))
    with pytest.raises(PolicyRefused, match="it was killed anew while it was being resumed"):
        latch.resume("cat", "over")
    assert latch.path.exists()


def test_a_latch_is_known_again_after_a_crash_between_latch_and_history(latch: Latch, folder: Path) -> None:
    latch.kill("ann", "why")
    latch.history.path.unlink()
    after = Latch(Lane.FOREX, folder, lambda: 7)
    assert after.read() is not None
    after.resume("bob", "over")
    assert after.past().changes == (Change(7, Happened.RESUMED, "bob", "over"),)
