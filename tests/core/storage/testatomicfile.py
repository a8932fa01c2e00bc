# file: tests/core/storage/testatomicfile.py
from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tradingbot.core.errors import RunFailed
from tradingbot.core.storage.atomicfile import append, create, make_folder, write_atomic

_PROCESSES = Path(__file__).with_name("processes.py")
_ROOT = Path(__file__).resolve().parents[3]


def scenario(name: str, folder: Path) -> Any:
    command = [sys.executable, "-W", "error", str(_PROCESSES), name, str(folder)]
    place = {"PYTHONPATH": str(_ROOT)}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=os.environ | place)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_kill_9_at_any_moment_leaves_the_latch_as_it_was_or_as_it_was_to_be(tmp_path: Path) -> None:
    found = scenario("sigkills", tmp_path)
    assert [moment for moment in found["moments"] if moment.startswith("WRONG")] == []
    assert sum(found["moments"].values()) >= 30
    assert {moment.split()[1] for moment in found["moments"]} == {"free", "killed"}
    assert found["changes"] > 0


def test_death_before_any_system_call_leaves_the_old_state_or_the_new_and_turns_once(tmp_path: Path) -> None:
    found = scenario("everycall", tmp_path)
    kill, resume = found["kill"], found["resume"]
    assert kill == ["free"] * kill.count("free") + ["killed"] * kill.count("killed")
    assert resume == ["killed"] * resume.count("killed") + ["free"] * resume.count("free")
    assert set(found["kill again"]) == {"killed"}
    assert min(len(kill), len(resume), len(found["kill again"])) > 10


def test_of_two_kills_at_once_one_is_the_first_and_both_are_on_record(tmp_path: Path) -> None:
    assert scenario("twokills", tmp_path) == {"ends": {"one first, both on record": 60}}


def test_a_kill_that_meets_a_resume_is_not_lost(tmp_path: Path) -> None:
    ends = scenario("killandresume", tmp_path)["ends"]
    assert [end for end in ends if end.startswith("WRONG")] == []
    assert sum(ends.values()) == 60


def test_what_is_there_already_stays(tmp_path: Path) -> None:
    path = tmp_path / "forex.killed"
    assert create(path, b"first")
    assert not create(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_crash_left_behind_is_in_nobodys_way(tmp_path: Path) -> None:
    path = tmp_path / "forex.killed"
    (tmp_path / f".forex.killed.{os.getpid()}.0.part").write_bytes(b"ha")
    assert create(path, b"whole")
    assert path.read_bytes() == b"whole"


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP])
def test_a_file_system_without_hard_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def without_links(*_paths: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "link", without_links)
    path = tmp_path / "forex.killed"
    assert create(path, b"first")
    assert not create(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_takes_only_a_part_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, data[:3]))
    create(tmp_path / "forex.killed", b"0123456789")
    append(tmp_path / "forex.jsonl", b"abcdefgh")
    assert (tmp_path / "forex.killed").read_bytes() == b"0123456789"
    assert (tmp_path / "forex.jsonl").read_bytes() == b"abcdefgh\n"


def test_folders_are_made_from_the_top(tmp_path: Path) -> None:
    make_folder(tmp_path / "state" / "switches")
    make_folder(tmp_path / "state" / "switches")
    assert (tmp_path / "state" / "switches").is_dir()


def test_a_file_is_written_with_its_folder_and_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "report.json"
    assert write_atomic(path, "one é\n") == path
    write_atomic(path, "two\n")
    assert [(found.name, found.read_bytes()) for found in path.parent.iterdir()] == [("report.json", b"two\n")]


def test_what_cannot_be_written_leaves_the_old_one_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.json"
    path.write_text("the old one")

    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(RunFailed, match=r"report.json could not be written: No space left on device"):
        write_atomic(path, "new")
    assert path.read_bytes() == b"the old one"
    assert list(tmp_path.rglob("*.part")) == []


def test_many_writers_of_one_file_leave_what_one_of_them_wrote(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    texts = [str(number) * 50_000 for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda text: write_atomic(path, text), texts * 4)) == [path] * 32
    assert path.read_text(encoding="utf-8") in texts
    assert list(tmp_path.iterdir()) == [path]
