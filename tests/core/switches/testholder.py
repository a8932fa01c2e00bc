# file: tests/core/switches/testholder.py
from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tradingbot.core.errors import PolicyRefused
from tradingbot.core.runtime.nodelock import only_one
from tradingbot.core.switches.holder import Holder, holder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "liveforex.lock"


def test_nobody_holds_a_lock_that_is_not_there_and_looking_makes_none(path: Path) -> None:
    assert holder(path) is None
    assert not path.parent.exists()


def test_who_holds_it_is_told_until_it_ends(path: Path) -> None:
    with only_one(path):
        assert holder(path) == Holder(os.getpid(), path.stat().st_mtime_ns)
        assert holder(path) == holder(path)
    assert path.exists()
    assert holder(path) is None


def test_a_process_that_was_killed_holds_nothing(path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from tradingbot.core.runtime.nodelock import only_one\n"
        "with only_one(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "held\n"
            found = holder(path)
            assert found is not None
            assert found.pid == child.pid
        finally:
            child.kill()
    assert holder(path) is None


def test_the_same_process_that_began_again_is_another_holder(path: Path) -> None:
    with only_one(path):
        first = holder(path)
    os.utime(path, ns=(1, 1))
    with only_one(path):
        assert holder(path) != first


def test_a_look_takes_the_lock_from_nobody(path: Path) -> None:
    with only_one(path):
        holder(path)
        with pytest.raises(PolicyRefused), only_one(path):
            pass
    holder(path)
    with only_one(path):
        assert holder(path) is not None


@pytest.mark.parametrize("text", ["", "none\n", "\xff"])
def test_a_lock_that_does_not_say_whose_it_is_is_nobodys(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text, encoding="latin-1")
    with path.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert holder(path) is None


def test_a_folder_in_its_place_is_nobodys(path: Path) -> None:
    path.mkdir(parents=True)
    assert holder(path) is None
