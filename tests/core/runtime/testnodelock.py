# file: tests/core/runtime/testnodelock.py
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tradingbot.core.errors import PolicyRefused
from tradingbot.core.runtime.nodelock import lives, only_one

_HOLD = """
import sys
from pathlib import Path
from tradingbot.core.runtime.nodelock import lives, only_one
with only_one(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_one_is_refused_with_the_first_ones_number(tmp_path: Path) -> None:
    path = tmp_path / "state" / "mine.lock"
    with only_one(path), pytest.raises(PolicyRefused) as refused, only_one(path):
        raise AssertionError("both run")
    assert str(refused.value) == f"mine already runs as process {os.getpid()}, allowed is one"
    with only_one(path):
        assert path.read_text(encoding="utf-8") == f"{os.getpid()}\n"


def test_a_killed_process_leaves_no_lock_behind(tmp_path: Path) -> None:
    path = tmp_path / "mine.lock"
    command = [sys.executable, "-c", _HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(PolicyRefused, match=f"runs as process {other.pid}"), only_one(path):
            raise AssertionError("both run")
        other.kill()
        other.wait(10)
    with only_one(path):
        assert path.is_file()


def test_a_process_lives_until_it_is_gone() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        assert lives(other.pid)
        other.kill()
    assert not lives(other.pid)
