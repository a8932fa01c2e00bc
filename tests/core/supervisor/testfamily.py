# file: tests/core/supervisor/testfamily.py
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tradingbot.core.errors import PolicyRefused
from tradingbot.core.supervisor.family import only_family

_SPEAK = [sys.executable, "-c", "import sys; print('here', flush=True); sys.stdin.read()"]
_READ = [sys.executable, "-c", "import sys; sys.stdin.read()"]


def test_the_lock_lasts_as_long_as_the_last_who_inherited_it(tmp_path: Path) -> None:
    path, waited = tmp_path / "family.lock", list[str]()
    with only_family(path, 0, pytest.fail) as handle:
        child = subprocess.Popen(_READ, stdin=subprocess.PIPE, pass_fds=(handle,))
    with child:
        with pytest.raises(PolicyRefused) as refused, only_family(path, 0, lambda: waited.append("first")):
            raise AssertionError("two families")
        assert str(refused.value) == (
            f"processes of an earlier supervisor still run after 0 s and hold {path},"
            " allowed are those of one; end them first"
        )

        def ended() -> None:
            waited.append("second")
            child.kill()

        with only_family(path, 60, ended):
            assert waited == ["first", "second"]


def test_who_did_not_inherit_it_does_not_hold_it(tmp_path: Path) -> None:
    path = tmp_path / "family.lock"
    with only_family(path, 0, pytest.fail):
        child = subprocess.Popen(_SPEAK, stdin=subprocess.PIPE, stdout=subprocess.PIPE, close_fds=False)
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"here\n"
        with only_family(path, 0, pytest.fail):
            assert child.poll() is None
        child.kill()
