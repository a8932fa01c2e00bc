# file: tests/core/runtime/testprocesslock.py
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tradingbot.core.errors import PolicyRefused
from tradingbot.core.runtime.processlock import process_alive, process_group_lock, single_instance

_HOLD = """
import sys
from pathlib import Path
from tradingbot.core.runtime.processlock import process_alive, single_instance
with single_instance(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_one_is_refused_with_the_first_ones_number(tmp_path: Path) -> None:
    path = tmp_path / "state" / "mine.lock"
    with single_instance(path), pytest.raises(PolicyRefused) as refused, single_instance(path):
        raise AssertionError("both run")
    assert str(refused.value) == f"mine already runs as process {os.getpid()}, allowed is one"
    with single_instance(path):
        assert path.read_text(encoding="utf-8") == f"{os.getpid()}\n"


def test_a_killed_process_leaves_no_lock_behind(tmp_path: Path) -> None:
    path = tmp_path / "mine.lock"
    command = [sys.executable, "-c", _HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(PolicyRefused, match=f"runs as process {other.pid}"), single_instance(path):
            raise AssertionError("both run")
        other.kill()
        other.wait(10)
    with single_instance(path):
        assert path.is_file()


def test_a_process_lives_until_it_is_gone() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        assert process_alive(other.pid)
        other.kill()
    assert not process_alive(other.pid)


_SPEAK = [sys.executable, "-c", "import sys; print('here', flush=True); sys.stdin.read()"]
_READ = [sys.executable, "-c", "import sys; sys.stdin.read()"]


def test_the_lock_lasts_as_long_as_the_last_who_inherited_it(tmp_path: Path) -> None:
    path, waited = tmp_path / "family.lock", list[str]()
    with process_group_lock(path, 0, pytest.fail) as handle:
        child = subprocess.Popen(_READ, stdin=subprocess.PIPE, pass_fds=(handle,))
    with child:
        with pytest.raises(PolicyRefused) as refused, process_group_lock(path, 0, lambda: waited.append("first")):
            raise AssertionError("two families")
        assert str(refused.value) == (
            f"processes of an earlier supervisor still run after 0 s and hold {path},"
            " allowed are those of one; end them first"
        )

        def ended() -> None:
            waited.append("second")
            child.kill()

        with process_group_lock(path, 60, ended):
            assert waited == ["first", "second"]


def test_who_did_not_inherit_it_does_not_hold_it(tmp_path: Path) -> None:
    path = tmp_path / "family.lock"
    with process_group_lock(path, 0, pytest.fail):
        child = subprocess.Popen(_SPEAK, stdin=subprocess.PIPE, stdout=subprocess.PIPE, close_fds=False)
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"here\n"
        with process_group_lock(path, 0, pytest.fail):
            assert child.poll() is None
        child.kill()
