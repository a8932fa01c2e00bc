# file: tests/core/storage/testfilelock.py
from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tradingbot.core.errors import PolicyRefused
from tradingbot.core.runtime.processlock import single_instance
from tradingbot.core.storage.filelock import LockHolder, file_lock, lock_holder


def test_one_at_a_time_and_nobody_waits_longer_than_their_patience(tmp_path: Path) -> None:
    lock = tmp_path / "forex.lock"
    with file_lock(lock, 0) as first, file_lock(lock, 0) as second:
        assert first == ""
        assert second == f"another process has held the lock {lock} for over 0 s"
    with file_lock(lock, 0) as third:
        assert third == ""


def test_a_lock_that_cannot_be_is_told(tmp_path: Path) -> None:
    with file_lock(tmp_path / "absent" / "forex.lock", 0) as missed:
        assert missed.endswith("could not be opened: No such file or directory")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "liveforex.lock"


def test_nobody_holds_a_lock_that_is_not_there_and_looking_makes_none(path: Path) -> None:
    assert lock_holder(path) is None
    assert not path.parent.exists()


def test_who_holds_it_is_told_until_it_ends(path: Path) -> None:
    with single_instance(path):
        assert lock_holder(path) == LockHolder(os.getpid(), path.stat().st_mtime_ns)
        assert lock_holder(path) == lock_holder(path)
    assert path.exists()
    assert lock_holder(path) is None


def test_a_process_that_was_killed_holds_nothing(path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from tradingbot.core.runtime.processlock import single_instance\n"
        "with single_instance(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "held\n"
            found = lock_holder(path)
            assert found is not None
            assert found.pid == child.pid
        finally:
            child.kill()
    assert lock_holder(path) is None


def test_the_same_process_that_began_again_is_another_holder(path: Path) -> None:
    with single_instance(path):
        first = lock_holder(path)
    os.utime(path, ns=(1, 1))
    with single_instance(path):
        assert lock_holder(path) != first


def test_a_look_takes_the_lock_from_nobody(path: Path) -> None:
    with single_instance(path):
        lock_holder(path)
        with pytest.raises(PolicyRefused), single_instance(path):
            pass
    lock_holder(path)
    with single_instance(path):
        assert lock_holder(path) is not None


@pytest.mark.parametrize("text", ["", "none\n", "\xff"])
def test_a_lock_that_does_not_say_whose_it_is_is_nobodys(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text, encoding="latin-1")
    with path.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert lock_holder(path) is None


def test_a_folder_in_its_place_is_nobodys(path: Path) -> None:
    path.mkdir(parents=True)
    assert lock_holder(path) is None
